"""Figure 9 as data."""

import importlib

from tfgan_ref.models.taxonomy import tree, zoo

OUTLINE = """\
- maximum likelihood
  - explicit density
    - tractable density
      - fully visible belief net: `models/taxonomy/made.py`
      - change of variables: `models/taxonomy/nvp.py`
    - approximate density
      - variational
        - variational autoencoder: `models/taxonomy/vae.py`
      - Markov chain
        - Boltzmann machine: `models/taxonomy/rbm.py`
  - implicit density
    - Markov chain
      - generative stochastic network: `models/taxonomy/gsn.py`
    - direct
      - moment matching: `models/taxonomy/gmmn.py`
      - generative adversarial network: `models/taxonomy/gan.py`
"""


def test_the_outline_is_figure_9():
    assert tree.outline() == OUTLINE


def test_every_leaf_has_a_module_that_names_its_paper():
    for leaf in tree.LEAVES:
        module = importlib.import_module(
            f"tfgan_ref.models.taxonomy.{leaf.key}"
        )
        reference = " ".join(module.__doc__.split())
        assert leaf.reference.rpartition(", ")[2] in reference
    assert zoo.KEYS == tree.KEYS
