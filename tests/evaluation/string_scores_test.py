"""Scores of strings, against what is known of them."""

import numpy as np
import pytest

from tfgan_ref.data import strings as data
from tfgan_ref.evaluation import string_scores
from tfgan_ref.models import strings

SYMBOLS = ("", "a", "b")


def sure_of(*tokens):
    """A GAN that writes `a`, whatever came before, with probability p(a)."""
    gan = strings.build(SYMBOLS, 3, "gumbel_softmax", units=2)
    weights = [np.zeros(w.shape) for w in gan.writer.get_weights()]
    weights[-1] = np.log(tokens)  # The bias of the logits.
    gan.writer.set_weights(weights)
    return gan


def test_the_likelihood_is_per_token():
    gan = sure_of(0.2, 0.5, 0.3)
    held_out = np.eye(3, dtype=np.float32)[[[1, 1, 0], [2, 1, 2]]]
    scalars = string_scores.Likelihood(held_out)(gan).scalars
    expected = -np.mean(np.log([0.5, 0.5, 0.2, 0.3, 0.5, 0.3]))
    assert scalars == {"eval/nll": pytest.approx(expected, rel=1e-5)}


def test_validity_is_a_share_and_so_are_different_ones():
    gan = sure_of(0.4, 0.5, 0.1)
    texts = data.write(gan.sample(range(50)).numpy(), SYMBOLS)
    scored = string_scores.Validity(lambda text: "b" not in text, 50)
    scalars = scored(gan).scalars
    valid = [text for text in texts if "b" not in text]
    assert 0 < len(valid) < 50
    assert scalars == {
        "eval/valid": len(valid) / 50,
        "eval/distinct": len({*valid}) / len(valid),
    }
    none = string_scores.Validity(lambda _: False, 50)(gan).scalars
    assert none == {"eval/valid": 0, "eval/distinct": 0}


def test_the_oracle_judges_samples_and_has_a_floor():
    oracle = strings.oracle(3, 3, units=2, embedding_dim=2, seed=1)
    own = data.one_hot(data.of_network("oracle", oracle, 3000, [0, 1]))
    layer = oracle.get_layer("strings")
    scored = string_scores.OracleLikelihood(layer, own)
    gan = strings.build(
        ("0", "1", "2"), 3, "gumbel_softmax", units=2, embedding_dim=2
    )
    gan.writer.set_weights(layer.get_weights())
    of_itself = scored(gan).scalars
    floor = of_itself["eval/oracle_nll/floor"]
    assert floor == pytest.approx(string_scores.nll(layer, own), rel=1e-6)
    # Other samples of the same law.
    assert of_itself["eval/oracle_nll"] == pytest.approx(floor, rel=0.05)
    weights = [np.zeros(w.shape) for w in layer.get_weights()]
    gan.writer.set_weights(weights)
    assert scored(gan).scalars["eval/oracle_nll"] > 1.1 * floor


def test_a_page_shows_what_is_not_valid_in_red():
    samples = np.eye(3)[[[1, 1, 0], [2, 0, 0], [1, 0, 0], [1, 1, 1], [0, 0, 0]]]
    page = string_scores.Page(SYMBOLS, lambda text: "b" not in text)(samples)
    assert page.dtype == np.uint8 and page.shape == (3 * 18, 4 * 8 * 5, 3)
    ink = (page < 255).any(-1)
    red = ink & (page[..., 0] > page[..., 1])
    cells = [ink[:27, k * 40 : (k + 1) * 40].sum() for k in range(4)]
    assert cells[3] > cells[0] > cells[2] > 0
    assert red[:, 40:80].any() and not red[:, :40].any()


def test_a_page_shows_an_empty_string():
    samples = np.eye(3)[[[0, 1], [0, 2]]]
    for valid, is_red in ((True, False), (False, True)):
        page = string_scores.Page(SYMBOLS, lambda _, valid=valid: valid)(
            samples
        )
        for cell in (page[:, :32], page[:, 32:64]):
            shown = cell[(cell < 255).any(-1)]
            assert len(shown) and (shown[:, 0] > shown[:, 1]).all() == is_red
