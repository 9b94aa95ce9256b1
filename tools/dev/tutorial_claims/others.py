"""The games of other papers that have closed forms, and no picture here."""

from tools.dev.tutorial.row import Row

_LOSSES = "tfgan_ref/losses/"
ROWS = (
    Row(
        "Mao et al. 2017",
        "least squares",
        "With targets -1, 1 and 0 the game measures Pearson's chi squared "
        "between p_data + p_model and 2 p_model",
        (
            _LOSSES + "least_squares.py::least_squares_discriminator_loss",
            _LOSSES + "least_squares.py::least_squares_generator_loss",
        ),
        (
            "tests/losses/least_squares_test.py::test_pearson_coding_measures_"
            "chi_squared_at_the_optimum",
        ),
    ),
    Row(
        "Lim and Ye 2017",
        "hinge",
        "At the best discriminator the cost is twice the overlap of the two "
        "densities",
        (
            _LOSSES + "hinge.py::hinge_discriminator_loss",
            _LOSSES + "hinge.py::hinge_generator_loss",
        ),
        (
            "tests/losses/hinge_test.py::test_best_discriminator_measures_"
            "twice_the_overlap",
        ),
    ),
)
