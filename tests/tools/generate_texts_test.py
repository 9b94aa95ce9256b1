"""--text of tools/generate.py, of models that are stubs."""

import types

import numpy as np
import pytest

from tfgan_ref.errors import UserError
from tools import generate
from tools.generation import commands, sampling


def model(is_of_texts):
    return types.SimpleNamespace(path="m", is_of_texts=is_of_texts)


@pytest.mark.parametrize(
    ("is_of_texts", "text", "said"),
    [
        (True, None, "m is asked for a text, --text=.* Received: none"),
        (False, "red", "m is asked for no text. Received: --text=red"),
    ],
)
def test_a_text_that_is_missing_or_not_taken_is_refused(
    is_of_texts, text, said
):
    with pytest.raises(UserError, match=said):
        commands._check_text(model(is_of_texts), text)
    commands._check_text(model(is_of_texts), "a" if is_of_texts else None)


def test_all_samples_are_of_the_text():
    asked = []

    def sample(seeds, truncation, **conditions):
        asked.append((seeds.tolist(), truncation, conditions))
        return np.zeros((len(seeds), 2, 2, 1))

    drawn = sampling.draw(
        types.SimpleNamespace(sample=sample), np.arange(3), 0.5, text="red"
    )
    assert drawn.shape == (3, 2, 2, 1)
    assert asked == [([0, 1, 2], 0.5, {"text": ["red"] * 3})]


def test_the_flag_is_of_samples_alone():
    flags = generate._parse_flags(["--text=a, b", "--out=x"])
    assert flags.text == "a, b"
    with pytest.raises(SystemExit):
        generate._parse_flags(["project", "--text=a", "--image=i", "--out=x"])
