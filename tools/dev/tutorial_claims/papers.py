"""The games of other papers."""

from tools.dev.tutorial_claims.row import Row

_LOSSES = "tfgan_ref/losses/"
ROWS = (
    Row(
        "Nowozin et al. 2016",
        "f-GAN, eq. 4 to 7",
        "Each f-divergence is a game; the best output is f'(p/q). The "
        "tutorial's minimax game is one of them",
        (_LOSSES + "f_divergence.py::FDivergence",),
        (
            "tests/losses/f_divergence_test.py::test_optimal_output_recovers_"
            "the_divergence_of_two_gaussians",
            "tests/losses/f_divergence_test.py::test_the_gan_s_costs_are_the_"
            "tutorial_s",
        ),
        "f_gan",
        ("f_gan",),
    ),
    Row(
        "Arjovsky et al. 2017",
        "Wasserstein",
        "The best 1-Lipschitz critic measures the earth mover's distance",
        (
            _LOSSES + "wasserstein.py::wasserstein_critic_loss",
            _LOSSES + "wasserstein.py::gradient_penalty",
        ),
        (
            "tests/losses/wasserstein_test.py::test_best_critic_measures_the_"
            "earth_mover_s_distance",
            "tests/models/wgan_game_test.py::test_the_penalty_brings_the_"
            "slope_to_one",
        ),
        "critic",
        ("critic",),
    ),
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
