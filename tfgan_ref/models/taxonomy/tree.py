"""Figure 9 of the tutorial as data: the families, and the branches they are on.

Reference:
    Goodfellow (2016), NIPS 2016 Tutorial: Generative Adversarial Networks,
    section 2.2, https://arxiv.org/abs/1701.00160
"""

from __future__ import annotations

import dataclasses
import itertools


@dataclasses.dataclass(frozen=True)
class Leaf:
    """A family of generative models, and the one that stands for it here.

    Attributes:
        key: the name of its module in `models/taxonomy/`.
        family: as the tutorial calls it.
        model: as its paper calls it.
        path: the branches that lead to it, from the root.
        density: what is known of log p(x), in a few words.
        reference: the paper.
    """

    key: str
    family: str
    model: str
    path: tuple[str, ...]
    density: str
    reference: str


ROOT = "maximum likelihood"
_TRACTABLE = ("explicit density", "tractable density")
_APPROXIMATE = ("explicit density", "approximate density")
_IMPLICIT = "implicit density"
LEAVES = (
    Leaf(
        "made",
        "fully visible belief net",
        "MADE",
        _TRACTABLE,
        "exact",
        "Germain, Gregor, Murray, Larochelle (2015), MADE: Masked Autoencoder "
        "for Distribution Estimation, https://arxiv.org/abs/1502.03509",
    ),
    Leaf(
        "nvp",
        "change of variables",
        "real NVP",
        _TRACTABLE,
        "exact; of bits a bound",
        "Dinh, Sohl-Dickstein, Bengio (2017), Density estimation using Real "
        "NVP, https://arxiv.org/abs/1605.08803",
    ),
    Leaf(
        "vae",
        "variational autoencoder",
        "VAE",
        (*_APPROXIMATE, "variational"),
        "a lower bound",
        "Kingma, Welling (2014), Auto-Encoding Variational Bayes, "
        "https://arxiv.org/abs/1312.6114",
    ),
    Leaf(
        "rbm",
        "Boltzmann machine",
        "RBM",
        (*_APPROXIMATE, "Markov chain"),
        "up to Z, which is summed up here",
        "Tieleman (2008), Training Restricted Boltzmann Machines using "
        "Approximations to the Likelihood Gradient, ICML 2008",
    ),
    Leaf(
        "gsn",
        "generative stochastic network",
        "GSN",
        (_IMPLICIT, "Markov chain"),
        "none",
        "Bengio, Thibodeau-Laufer, Alain, Yosinski (2014), Deep Generative "
        "Stochastic Networks Trainable by Backprop, "
        "https://arxiv.org/abs/1306.1091",
    ),
    Leaf(
        "gmmn",
        "moment matching",
        "GMMN",
        (_IMPLICIT, "direct"),
        "none",
        "Li, Swersky, Zemel (2015), Generative Moment Matching Networks, "
        "https://arxiv.org/abs/1502.02761",
    ),
    Leaf(
        "gan",
        "generative adversarial network",
        "GAN",
        (_IMPLICIT, "direct"),
        "none",
        "Goodfellow et al. (2014), Generative Adversarial Networks, "
        "https://arxiv.org/abs/1406.2661",
    ),
)
KEYS = tuple(leaf.key for leaf in LEAVES)


def leaf(key: str) -> Leaf:
    """The family of that key."""
    return LEAVES[KEYS.index(key)]


def outline() -> str:
    """The tree as a nested list of Markdown, a line per branch and leaf."""
    return "\n".join([f"- {ROOT}", *_lines(LEAVES, 1)]) + "\n"


def _lines(leaves, depth):
    """Of those that share the branches above."""
    indent = "  " * depth
    for branch, group in itertools.groupby(leaves, lambda x: x.path[depth - 1]):
        yield f"{indent}- {branch}"
        within = [*group]
        for one in within:
            if len(one.path) == depth:
                file = f"models/taxonomy/{one.key}.py"
                yield f"{indent}  - {one.family}: `{file}`"
        yield from _lines([x for x in within if len(x.path) > depth], depth + 1)
