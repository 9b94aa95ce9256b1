"""Section 3.3: the DCGAN."""

from tools.dev.tutorial.row import Row

_DCGAN = "tests/models/dcgan_test.py::"
_LATENTS = "tests/claims/latent_arithmetic_test.py::"
ROWS = (
    Row(
        "3.3",
        "figure 17",
        "Batch normalisation in most layers, real and fake minibatches apart, "
        "but not in the generator's last and the discriminator's first; "
        "strided convolutions and no pooling; Adam",
        (
            "tfgan_ref/models/dcgan.py::generator",
            "tfgan_ref/models/dcgan.py::discriminator",
            "tfgan_ref/round.py::Round",
        ),
        (
            _DCGAN + "test_the_generator_projects_and_doubles_its_maps",
            _DCGAN + "test_the_discriminator_mirrors_it",
        ),
    ),
    Row(
        "3.3",
        "figure 19",
        "Arithmetic on averaged latents: man with glasses - man + woman",
        ("tools/generation/arithmetic.py::combine",),
        (
            _LATENTS + "test_the_result_has_the_attributes_that_no_operand_"
            "has_together",
            _LATENTS + "test_averages_of_three_are_what_makes_it_stable",
        ),
        records=tuple(
            (words, f"arithmetic_emoji:{keys}")
            for words, keys in (
                (
                    "DCGAN on emoji, a dark man - a light man + a light woman "
                    "and the like, share of sums with the right skin tone and "
                    "person, of single latents",
                    "shares:1:both",
                ),
                ("of averages of three", "shares:3:both"),
                ("of ten", "shares:10:both"),
                ("share of such samples", "chance"),
            )
        ),
        against="two sums of three miss the skin tone even of averages of ten, "
        "and the classifiers that judge are right on 88 and 83 % of real emoji "
        "they have not seen",
    ),
)
