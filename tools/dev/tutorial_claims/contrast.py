"""Section 3.4: a density and its normaliser, learnt from contrasts."""

from tools.dev.tutorial.row import Row

_LAST = "noise_contrastive_seed1:evaluations:-1:eval/"
_TESTS = "tests/models/noise_contrastive_test.py::"
ROWS = (
    Row(
        "3.4",
        "learnt by contrast",
        "Noise-contrastive estimation, self-contrast and maximum likelihood "
        "come to the same density. The first alone learns its normaliser, "
        "since for it the discriminator's logits are log p - log q as they are",
        ("tfgan_ref/models/noise_contrastive.py::ContrastiveGAN",),
        (
            _TESTS + "test_noise_contrast_is_at_rest_where_the_density_is_that_"
            "of_data",
            _TESTS + "test_self_contrast_has_half_the_gradient_of_likelihood",
            _TESTS + "test_noise_contrast_alone_learns_the_normaliser",
        ),
        records=tuple(
            (f"{words}, {name.replace('_', ' ')}", f"{_LAST}{key}/{name}")
            for words, key in (
                ("KL of the data to it, nats", "kl"),
                ("logarithm of its integral", "log_z_error"),
            )
            for name in (
                "noise_contrast",
                "self_contrast",
                "maximum_likelihood",
            )
        ),
    ),
)
