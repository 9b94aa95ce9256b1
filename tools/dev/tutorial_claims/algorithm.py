"""Section 3.1: the framework, which the other claims are about."""

from tools.dev.tutorial.row import Row

ROWS = (
    Row(
        "3.1",
        "training process, figures 12 and 13",
        "Simultaneous gradient descent on both costs, one step for each "
        "player, works best (the author's opinion as of 2016); others take k "
        "discriminator steps per generator step",
        ("tfgan_ref/gan.py::GAN",),
        (
            "tests/gan_test.py::test_steps_are_those_of_numpy_on_any_number_"
            "of_replicas",
        ),
        against="which protocol works best was not compared: most recorded "
        "runs on points take turns",
    ),
)
