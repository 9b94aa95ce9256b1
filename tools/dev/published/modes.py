"""Modes of points and of stacked digits."""

from __future__ import annotations

from tools.dev.published.claim import Claim, Number, Row, last

_MODES = Number("", last("modes_captured"))
_QUALITY = Number("quality, %", last("high_quality"), 100.0)
_KL = Number("KL", last("reverse_kl"))
_LIN = "Lin et al. (2018), 10 runs"


def _all_of(modes: float) -> Number:
    """How many seeds have all of them."""
    return Number("all:", last("modes_captured"), target=modes)


CLAIMS = (
    Claim(
        "Unrolled GAN: modes of a ring of eight, of the notebook's seven",
        "[Metz et al. (2017)](https://arxiv.org/abs/1611.02163), figure 2 and "
        "the appendix, which show pictures and no numbers; those are of "
        "[Srivastava et al. (2017)](https://arxiv.org/abs/1705.07761), with "
        "networks of their own.",
        (
            *(
                Row(
                    f"the appendix's networks, K = {k}",
                    f"unrolled_paper_k{k}",
                    (_MODES, _QUALITY, _all_of(8)),
                    "",
                    words,
                )
                for k, words in ((0, "drops or cycles"), (10, "covers all"))
            ),
            *(
                Row(
                    f"the released notebook, K = {k}",
                    f"unrolled_notebook_k{k}",
                    (_MODES, _QUALITY, _all_of(7)),
                    published,
                    setup,
                )
                for k, published, setup in (
                    (0, "", "collapses, by its picture"),
                    (5, "7.6, 35.6 %", "Srivastava et al., 8 modes, 5 runs"),
                )
            ),
        ),
        "The appendix's plain GAN has no mode or one at 176 of the 180 "
        "evaluations of its five seeds, two at the others: it goes from one to "
        "another. On the notebook's data it has three modes or fewer at most "
        "evaluations, and two of three seeds have all from about step 21,000 "
        "on; with five steps every seed has them from step 12,500 at the "
        "latest ([the runs](tutorial.md#unrolling)).",
    ),
    Claim(
        "A plain GAN and ALI on points",
        "[PacGAN](https://arxiv.org/abs/1712.04086), table 1, mean ± standard "
        "error; ALI's authors, over random hyperparameters, "
        "[Dumoulin et al. (2017)](https://arxiv.org/abs/1606.00704).",
        (
            Row(
                "GAN, ring",
                "pacgan_ring",
                (_MODES, _QUALITY, _KL),
                "6.3 ± 0.5, 98.2 %, 0.45",
                f"{_LIN}, 400,000 steps",
            ),
            Row(
                "GAN, ring, a quarter of the length",
                "plain_ring",
                (_MODES, _QUALITY, _KL),
                "",
                "none",
            ),
            Row(
                "GAN, grid",
                "gan_grid",
                (_MODES, _QUALITY, _KL),
                "17.3 ± 0.8, 94.8 %, 0.70; 10.4 ± 9.2",
                f"{_LIN}, 400,000 steps; Dumoulin et al., random ones",
            ),
            Row(
                "GAN, grid, a quarter of the length",
                "plain_grid",
                (_MODES, _QUALITY, _KL),
                "",
                "none",
            ),
            Row(
                "ALI, grid",
                "ali_grid",
                (_MODES, _QUALITY, _KL),
                "24.1, 95.7 %, 0.14; 13.4 ± 5.8",
                f"{_LIN}, 400,000 steps; Dumoulin et al., random ones",
            ),
        ),
        "On the ring the plain GAN goes on dropping modes and finding them "
        "again: of eight it has 6.4 on average over the first half of the "
        "length and 4.8 over the second, four or five from step 250,000 to "
        "390,000, seven at the end; one seed. On the grid it has 19 modes on "
        "average over the first half of the length, 17 and 19 over the "
        "second; ALI has 22 and more from step 80,000 on.",
    ),
    Claim(
        "Stacked MNIST: modes of 1,000",
        "[PacGAN](https://arxiv.org/abs/1712.04086), table 3, of a DCGAN "
        "without packing.",
        (
            Row(
                "DCGAN of this library",
                "stacked_mnist",
                (_MODES, _KL),
                "78.9, KL 4.50",
                f"{_LIN}, 100,000 steps",
            ),
            Row(
                "the released networks and their range of pixels",
                "stacked_mnist_released",
                (_MODES, _KL),
                "78.9, KL 4.50",
                f"{_LIN}, 100,000 steps",
            ),
            Row(
                "the released networks, samples in the images' range",
                "stacked_mnist_deep",
                (_MODES, _KL),
                "",
                "none",
            ),
        ),
        "They are not the same networks, as the released code shows: four "
        "convolutions of each player, where ours have two; the generator moves "
        "twice a step; and real images are in [0, 1], samples of a tanh, which "
        "hardly ever makes the black of their ground. With both we find 22 to "
        "29 modes at each thousand steps up to 4,000, with samples in the "
        "images' range 16 to 40, and samples are all of one pattern or two: so "
        "the networks and their steps make the difference, not the range, the "
        "count or the length. One seed of each. Modes are counted alike: "
        "of 26,000 samples, each colour by a classifier.",
    ),
)
