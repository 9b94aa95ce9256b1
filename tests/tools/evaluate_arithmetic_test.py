"""The program beside a model whose samples show known tones and persons."""

import numpy as np
import pytest

from tests.data import emoji_files
from tests.tools.concepts_test import Model, judge
from tfgan_ref import inference, recorded
from tfgan_ref.data import images
from tfgan_ref.errors import UserError
from tools import evaluate_arithmetic
from tools.evaluation import concepts, drawn


class Judge:
    accuracy = {"tone": 0.75, "person": 0.5}
    __call__ = staticmethod(judge)


@pytest.fixture
def flags(tmp_path, monkeypatch):
    """A run and its data, of which the classifiers need not be made."""
    monkeypatch.setattr(inference, "load", lambda path: Model())
    monkeypatch.setattr(drawn, "image_shape", lambda model: (32, 32, 3))
    monkeypatch.setattr(
        concepts.Judge, "of_emoji", lambda data, test, say: Judge()
    )
    emoji_files.write(tmp_path)
    return ["--model=runs/emoji", f"--data_dir={tmp_path}", "--trials=400"]


def test_shares_are_printed_and_recorded(flags, tmp_path, capsys):
    json_ = f"--json={tmp_path / 'arithmetic_a.json'}"
    given = [*flags, "--count=3000", "--seed=4", json_]
    evaluate_arithmetic.main(evaluate_arithmetic._parse_flags(given))
    record = recorded.read(tmp_path / "arithmetic_a.json")
    assert (record["trials"], record["samples"], record["seed"]) == (
        400,
        3000,
        4,
    )
    assert record["chance"] == pytest.approx(0.1, abs=0.02)
    assert record["classifiers"] == Judge.accuracy
    found = concepts.find(Model(), judge, np.arange(4, 3004))
    assert record["concepts"] == {
        " ".join(concept): len(of) for concept, of in found.items()
    }
    trials = concepts.choose(found, 10, 400, 4)
    for count in (1, 3, 10):
        shares = concepts.successes(Model(), judge, trials, count)
        assert record["shares"][str(count)] == pytest.approx(shares, rel=1e-5)
    printed = capsys.readouterr().out
    assert f"averages of 10: tone {shares['tone']:.1%}, person" in printed
    a, b, c = (",".join(map(str, of[:3])) for of in trials[0].seeds)
    assert f" --model=runs/emoji --a={a} --b={b} --c={c} --out=" in printed


def test_grey_images_are_refused_before_anything_is_read(flags, monkeypatch):
    monkeypatch.setattr(drawn, "image_shape", lambda model: (32, 32, 1))
    monkeypatch.setattr(images, "load", None)
    with pytest.raises(UserError, match="32x32x3 at least.*: 32x32x1$"):
        evaluate_arithmetic.main(evaluate_arithmetic._parse_flags(flags))


def test_too_few_samples_are_one_line_and_nothing_is_written(flags, tmp_path):
    json_ = f"--json={tmp_path / 'a.json'}"
    given = [*flags, "--count=20", json_]
    with pytest.raises(UserError, match="10 samples each of men and women"):
        evaluate_arithmetic.main(evaluate_arithmetic._parse_flags(given))
    assert not (tmp_path / "a.json").exists()
