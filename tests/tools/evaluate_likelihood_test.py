"""tools/evaluate_likelihood.py on exports and runs, beside SciPy."""

import json

import numpy as np
import pytest
from absl import flags
from scipy import stats

from tests import small_images
from tests.recipes import alone
from tests.tools.evaluate_diversity_test import Generator
from tests.tools.evaluate_diversity_test import export as export_generator
from tfgan_ref import inference, priors, recorded
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import parzen
from tfgan_ref.evaluation.likelihood import decoder
from tools import evaluate_likelihood
from tools.evaluation import likelihood

SIDE = 8
QUICK = ["--count=4", "--distributions=9", "--chains=3", "--samples=20"]


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return small_images.write_idx(
        tmp_path_factory.mktemp("data"),
        train=small_images.bright(1, 90, side=SIDE),
        t10k=small_images.bright(2, 45, side=SIDE),
    )


@pytest.fixture(scope="module")
def workdir(tmp_path_factory, dataset):
    """A run of recipes.perceptron, of two steps, with its export."""
    path = tmp_path_factory.mktemp("run")
    given = [f"--workdir={path}", f"--dataset={dataset}", "--batch_size=6"]
    given += ["--train_steps=2", "--steps_per_execution=1", "--nodiagnose"]
    with alone.imported("recipes.perceptron") as module:
        flags.FLAGS(["perceptron", *given, "--ema_decay=0", "--export"])
        assert module.main() == 0
    return path


def run(*arguments):
    evaluate_likelihood.main(
        evaluate_likelihood._parse_flags([*map(str, arguments)])
    )


def test_of_a_linear_model_it_is_scipys(dataset, tmp_path, capsys):
    """All pixels are .5 + s z_0 / 2: an export that another program made."""
    scale, variance = 0.2, 0.1
    folder = export_generator(
        tmp_path / "7", Generator(shape=(SIDE, SIDE, 1), scale=scale)
    )
    path = tmp_path / "likelihood.json"
    given = [f"--model={folder}", f"--dataset={dataset}", "--prior=normal"]
    given += [f"--variance={variance}", "--count=6", "--seed=5"]
    given += ["--distributions=300", "--chains=100", "--samples=200"]
    run(*given, f"--json={path}")
    record = recorded.read(path)

    rng = np.random.default_rng(5)
    pixels, _ = small_images.bright(2, 45, side=SIDE)
    chosen = pixels[np.sort(rng.choice(45, 6, replace=False))]
    covariance = np.full((64, 64), scale**2 / 4) + variance * np.eye(64)
    exact = stats.multivariate_normal(np.full(64, 0.5), covariance).logpdf(
        decoder.of_levels(chosen, 5)
    )
    np.testing.assert_allclose(record["images"], exact, atol=0.1)
    assert record["log_likelihood"] == {
        "value": pytest.approx(np.mean(record["images"]), rel=1e-5),
        "error": pytest.approx(
            np.std(record["images"], ddof=1) / np.sqrt(6), rel=1e-4
        ),
    }
    samples = record["samples"]
    gap = np.array(samples["upper"]) - samples["lower"]
    assert record["gap"]["value"] == pytest.approx(gap.mean(), abs=1e-3)
    assert abs(record["gap"]["value"]) < 0.2
    train, _ = small_images.bright(1, 90, side=SIDE)
    model = inference.load(folder)
    images = likelihood.drawn.source(model, 200, seed=5, prior="normal")
    score = parzen.score(np.concatenate([*images.batches()]), train, chosen)
    assert record["parzen"]["value"] == pytest.approx(score.value, rel=1e-5)

    counts = {"images": 6, "samples": 200}
    assert (record["variance"], record["counts"]) == (variance, counts)
    assert (record["prior"], record["split"]) == ("Normal(dim=5)", "test")
    assert 0.3 < record["acceptance"]["data"] <= 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith(
        "z ~ Normal(dim=5); 6 images of test, variance 0.1, 300 "
        "distributions, 100 chains"
    )
    value = f"{record['log_likelihood']['value']:.4g}"
    assert lines[1].split()[:2] == ["log-likelihood", value]
    assert lines[1].endswith("% of moves accepted)")
    assert [line.split()[0] for line in lines[2:4]] == ["gap", "parzen"]
    assert "no likelihood: width" in lines[3]
    assert len(json.loads(path.read_text())) < 25  # The rest is beside it.


def test_a_run_and_its_export_have_the_same_bounds(workdir, dataset, tmp_path):
    records = []
    for name, more in (
        ("workdir", [f"--model={workdir}"]),
        ("export", [f"--model={workdir / 'export'}", "--split=test"]),
    ):
        path = tmp_path / f"{name}.json"
        run(*more, *QUICK, f"--json={path}")
        records.append(recorded.read(path))
    first, second = records
    assert first["dataset"] == dataset and first["checkpoint"] == 2
    assert first["prior"] == "Normal(dim=10)"
    assert len(first["images"]) == 4 and np.std(first["images"]) > 0.1
    np.testing.assert_allclose(first["images"], second["images"], rtol=1e-4)
    np.testing.assert_allclose(
        first["samples"]["upper"], second["samples"]["upper"], rtol=1e-4
    )
    assert first["parzen"] == second["parzen"]


def test_images_of_the_training_split_are_none_that_choose_the_width(
    dataset, monkeypatch
):
    monkeypatch.setattr(parzen, "VALIDATION", 80)
    given = ["--model=x", f"--dataset={dataset}", "--split=train"]
    train, _ = small_images.bright(1, 90, side=SIDE)

    def images(count):
        flags = evaluate_likelihood._parse_flags([*given, f"--count={count}"])
        return likelihood._images(flags, {}, (SIDE, SIDE, 1))

    test, validation = images(10)
    np.testing.assert_array_equal(validation, train[:80])
    np.testing.assert_array_equal(test, train[80:])
    with pytest.raises(UserError, match="--count=11 images .*Received: 10$"):
        images(11)


def test_chains_that_diverge_are_one_line_with_their_acceptance(workdir):
    with pytest.raises(UserError, match=r"diverge .* 0\.0% of moves") as error:
        run(f"--model={workdir}", "--variance=1e-12", *QUICK)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("flag", "said"),
    [
        ("--variance=0", "a number in [1e-30, 1e+30] was expected. Received: "),
        ("--variance=1e-300", "Received: 1e-300 "),  # 1 over it is infinite.
        ("--variance=nan", "Received: nan "),
        ("--distributions=1", "a whole number in [2, 2^31 - 1]"),
        ("--chains=0", "Received: 0 "),
    ],
)
def test_a_flag_out_of_range_is_named(flag, said, capsys):
    with pytest.raises(SystemExit) as stop:
        run("--model=x", flag)
    assert stop.value.code == 2
    message = capsys.readouterr().err
    assert said in message and flag.partition("=")[0] in message


def test_images_of_something_else_than_latents_are_one_line(tmp_path):
    folder = export_generator(tmp_path / "7", Generator(), argument="codes")
    with pytest.raises(UserError, match="of latents alone .*: of codes$"):
        likelihood.of_model(inference.load(folder), priors.Normal(5), 0.1)
