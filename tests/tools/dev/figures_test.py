"""tools/dev/figures.py: what is computed, drawn and said."""

import json
import sys

import numpy as np
import pytest
from PIL import Image
from scipy import integrate, stats

from tfgan_ref.errors import UserError
from tools.dev import figures, records
from tools.dev.tutorial_figures import (
    claims,
    critic,
    exercise73,
    f_gan,
    fig08,
    fig14,
    fig16,
    fig21,
    fig22,
    fig32,
    fig35,
    fig36,
    fig37,
)


def measured(computed):
    return {key: c["measured"] for key, c in computed["claims"].items()}


def test_fig08_is_maximum_likelihood():
    computed = fig08.compute()
    found, samples = measured(computed), computed["samples"]
    assert len(samples) == fig08.COUNT
    assert found["mean"] == pytest.approx(samples.mean(), abs=1e-6)
    assert found["variance"] == pytest.approx(np.var(samples), rel=1e-6)
    assert found["slope"] < 1e-9
    # -E log p of N(m, 1.2^2), from the data's two moments.
    mean, second = -0.25, 0.75 * (1 + 0.16) + 0.25 * (4 + 0.49)
    spread = second - 2 * computed["means"] * mean + computed["means"] ** 2
    expected = 0.5 * np.log(2 * np.pi * 1.44) + spread / 2.88
    np.testing.assert_allclose(computed["nll"], expected, rtol=1e-6)


def test_fig14_has_the_optima_of_the_tutorial():
    found = measured(fig14.compute())
    assert found["forward_mean"] == pytest.approx(0, abs=1e-6)
    assert found["forward_scale"] == pytest.approx(np.sqrt(4.25), rel=1e-5)
    assert found["forward_kl"] == pytest.approx(0.7236, abs=5e-4)
    assert found["reverse_left"] == pytest.approx(-2, abs=0.01)
    assert found["reverse_right"] == pytest.approx(2, abs=0.01)
    assert found["reverse_kl"] == pytest.approx(np.log(2), abs=5e-4)


def test_fig16_has_the_slopes_of_the_equations():
    computed = fig16.compute()
    d, slopes = computed["d"], computed["slopes"]
    np.testing.assert_allclose(slopes["minimax"], -d, rtol=1e-5)
    np.testing.assert_allclose(slopes["non-saturating"], d - 1, rtol=1e-5)
    np.testing.assert_allclose(
        slopes["maximum likelihood"], -d / (1 - d), rtol=1e-5
    )
    np.testing.assert_allclose(
        computed["costs"]["non-saturating"], -np.log(d), rtol=1e-5
    )


def test_fig21_changes_with_batch_normalisation_alone():
    computed = fig21.compute(steps=1)
    found = measured(computed)
    assert found["batch"] > 1e-3
    assert found["reference"] == found["virtual"] == 0
    one, other = computed["pictures"]["batch norm"]
    assert one.shape == other.shape == (fig21.SHOWN, 28, 28, 1)
    assert found["batch"] == pytest.approx(np.abs(one - other).max())


def test_fig35_is_the_ratio_of_the_densities():
    computed = fig35.compute()
    p, q = computed["p"], computed["q"]
    seen = p + q > 0.02
    for (alpha, beta), d in zip(
        fig35.TARGETS, computed["outputs"], strict=True
    ):
        expected = (alpha * p + beta * q) / (p + q)
        np.testing.assert_allclose(d[seen], expected[seen], atol=0.02)
    claim = computed["claims"]["value"]
    assert claim["measured"] == pytest.approx(claim["claimed"], abs=2e-3)
    assert -np.log(4) < claim["claimed"] < 0


def test_fig36_is_a_saddle():
    computed = fig36.compute()
    found = measured(computed)
    assert found["gradient"] == 0
    assert found["down"] == pytest.approx(-1)
    assert found["up"] == pytest.approx(1)
    np.testing.assert_allclose(
        computed["v"], computed["x"] * computed["y"], rtol=1e-5, atol=1e-6
    )
    np.testing.assert_allclose(
        np.linalg.norm(computed["orbit"], axis=1), np.sqrt(0.89), rtol=1e-5
    )


def test_fig37_has_the_radii_of_the_closed_forms():
    computed = fig37.compute()
    found = measured(computed)
    assert found["continuous"] == pytest.approx(1, abs=1e-5)
    assert found["simultaneous"] == pytest.approx(np.sqrt(1.04), rel=1e-5)
    assert found["alternating"] < 1e-4
    assert found["extragradient"] == pytest.approx(
        np.sqrt(1 - 0.04 + 0.0016), rel=1e-6
    )
    # x moves first: x' = x - eta y, y' = y + eta x'.
    x, y = 0.8 + 0.2 * 0.5, -0.5 + 0.2 * 0.9
    np.testing.assert_allclose(
        computed["paths"]["alternating"][1], [x, y], rtol=1e-5
    )


def test_exercise_73_has_the_gradient_of_kl():
    computed = exercise73.compute(count=50_000)
    found = measured(computed)
    # (mean - data's mean) / variance, by hand.
    assert abs(found["kl"] + 1.8 / 1.21) < 4 * found["error"]
    assert found["error"] < 0.03
    shares = [found[f"share_{name}"] for name in ("non_saturating", "minimax")]
    assert 1 > shares[0] > shares[1] > 2 * found["share_maximum_likelihood"] > 0


def test_the_effective_share_of_alike_is_1_and_of_one_alone_1_in_n():
    assert exercise73.effective_share(np.full(7, -2.0)) == pytest.approx(1)
    assert exercise73.effective_share(np.array([3.0, 0, 0, 0])) == 0.25


def test_f_gan_s_outputs_measure_the_nine_divergences():
    computed = f_gan.compute()
    found = measured(computed)
    assert len(found) == 9
    data, model = stats.norm(0.4, 1.0), stats.norm(-0.3, 1.2)

    def integral(function):
        return integrate.quad(function, -3.6, 3.6)[0]

    kl = integral(lambda x: data.pdf(x) * (data.logpdf(x) - model.logpdf(x)))
    reverse_kl = integral(
        lambda x: model.pdf(x) * (model.logpdf(x) - data.logpdf(x))
    )
    chi_squared = integral(
        lambda x: (data.pdf(x) - model.pdf(x)) ** 2 / model.pdf(x)
    )
    assert found["kl"] == pytest.approx(kl, rel=1e-3)
    assert found["reverse_kl"] == pytest.approx(reverse_kl, rel=1e-3)
    assert found["jeffreys"] == pytest.approx(kl + reverse_kl, rel=1e-3)
    assert found["pearson_chi_squared"] == pytest.approx(chi_squared, rel=1e-3)
    for name, (output, best) in computed["curves"].items():
        np.testing.assert_allclose(output, best, rtol=1e-4, err_msg=name)


def test_a_caption_states_measured_and_claimed():
    computed = {
        "claims": {
            "a": claims.claim("slope", -0.50004, -0.5),
            "b": claims.claim("error", 3.4e-11, 0),
            "c": claims.claim("modes", 7),
        }
    }
    assert claims.caption("Head", computed) == (
        "Head. slope: -0.5 (claimed -0.5); error: 3e-11 (claimed 0); modes: 7."
    )


def write_run(folder, k, seed, modes):
    angles = np.linspace(0, 6, 50)
    points = np.stack([np.cos(angles), np.sin(angles)], -1).tolist()
    content = {
        "settings": {"unroll_steps": k},
        "evaluations": [
            {
                "step": step,
                "eval/modes_captured": m,
                "eval/high_quality": seed / step,
            }
            for step, m in ((100, 1), (900, modes))
        ],
        "samples": {"100": points[:5], "900": points},
    }
    path = folder / f"unrolled_ring_k{k}_seed{seed}.json"
    path.write_text(json.dumps(content))


def test_rings_are_read_from_the_records(tmp_path):
    for k, seed, modes in ((0, 1, 2), (0, 2, 5), (10, 1, 8), (5, 1, 7)):
        write_run(tmp_path, k, seed, modes)
    found = measured(fig22.compute(tmp_path))
    assert found["modes_0"] == 3.5
    assert found["high_quality_0"] == pytest.approx(1.5 / 900)
    assert found["worst_0"] == pytest.approx(1 / 900)
    computed = fig32.compute(tmp_path)
    assert list(computed["rows"]) == [
        "10 unrolled steps",
        "5 unrolled steps",
        "plain GAN",
    ]
    assert measured(computed)["modes_10"] == 8
    assert computed["rows"]["plain GAN"][100].shape == (5, 2)


def write_critic(folder, **evaluated):
    steps = np.arange(1, 21)
    curves = {
        "step": steps.tolist(),
        "critic/estimate": (20 / steps).tolist(),
        "critic/gradient_norm": [2.0] * 10 + [1.25] * 10,
    }
    for name in ("wgan_mnist", "wgan_ring"):
        path = folder / f"{name}.json"
        path.write_text(json.dumps({"curves": curves} | evaluated))


def test_the_critic_s_curves_are_read_from_the_records(tmp_path):
    with pytest.raises(records.NotRecorded, match="no wgan_mnist.json"):
        critic.compute(tmp_path)
    line = {"step": 20, "eval/high_quality": 0.5}
    write_critic(tmp_path, evaluations=[line])
    found = measured(critic.compute(tmp_path))
    assert found["wgan_ring_first"] == 20
    assert found["wgan_ring_last"] == pytest.approx((20 / 19 + 1) / 2)
    assert found["wgan_mnist_norm"] == 1.25
    (curve, _) = critic.compute(tmp_path)["curves"].values()
    assert curve["eval/high_quality"].tolist() == [[20], [0.5]]


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[1]",
        '{"evaluations": []}',
        '{"evaluations": [{"eval/high_quality": 1}], "samples": [1]}',
    ],
)
def test_a_damaged_record_is_one_line(text, tmp_path):
    path = tmp_path / "unrolled_ring_k5_seed1.json"
    path.write_text(text)
    with pytest.raises(UserError, match="k5_seed1.json is damaged") as error:
        fig32.compute(tmp_path)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", ["step", "critic/gradient_norm"])
def test_curves_that_do_not_fit_together_are_one_line(name, tmp_path):
    write_critic(tmp_path)
    path = tmp_path / "wgan_ring.json"
    record = json.loads(path.read_text())
    record["curves"][name] = []
    path.write_text(json.dumps(record))
    with pytest.raises(UserError, match="wgan_ring.json is damaged"):
        critic.compute(tmp_path)


@pytest.fixture
def run(monkeypatch):
    """The program, in this process."""

    def start(*arguments):
        monkeypatch.setattr(sys, "argv", ["tools/dev/figures.py", *arguments])
        figures.main(figures._parse_flags(arguments))

    return start


def test_only_draws_one_and_records_what_its_caption_says(
    run, tmp_path, capsys
):
    run(f"--out={tmp_path}", "--only=fig16", "--json")
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["fig16.png", "figures.json"]
    with Image.open(tmp_path / "fig16.png") as picture:
        assert picture.format == "PNG" and picture.width == 900
    assert (tmp_path / "fig16.png").stat().st_size < 60_000
    record = json.loads((tmp_path / "figures.json").read_text())
    assert {"command", "revision", "versions", "hardware"} < record.keys()
    (content,) = record["figures"].values()
    assert content["claims"]["minimax_accepted"]["claimed"] == -0.95
    assert content["caption"] in capsys.readouterr().out


def test_all_are_drawn_but_those_that_are_not_recorded(
    run, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(figures, "NAMES", ("fig22", "fig36"))
    monkeypatch.setattr(
        figures, "modules", lambda: {"fig22": fig22, "fig36": fig36}
    )
    run(f"--out={tmp_path}", f"--results={tmp_path}")
    assert [path.name for path in tmp_path.iterdir()] == ["fig36.png"]
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("fig22 is left out")
    assert "python -m recipes.unrolled --unroll_steps=K --seed=S" in line


def test_without_the_folder_of_records_nothing_is_drawn(run, tmp_path):
    out = tmp_path / "out"
    record = tmp_path / "figures.json"
    record.write_text("mine")
    flags = [f"--out={out}", f"--json={record}", f"--results={tmp_path}/none"]
    with pytest.raises(UserError, match="of records was expected. .*none"):
        run(*flags)
    assert record.read_text() == "mine" and not out.exists()


def test_a_recorded_figure_is_drawn(run, tmp_path):
    for k, seed, modes in ((0, 1, 2), (10, 1, 8)):
        write_run(tmp_path, k, seed, modes)
    write_critic(tmp_path)
    for name in figures.RECORDED:
        run(f"--out={tmp_path}", f"--results={tmp_path}", f"--only={name}")
        assert (tmp_path / f"{name}.png").read_bytes()[:4] == b"\x89PNG"


def test_only_a_figure_that_is_not_recorded_is_an_error(run, tmp_path):
    with pytest.raises(UserError, match="recipes.unrolled"):
        run(f"--out={tmp_path}", f"--results={tmp_path}", "--only=fig22")


def test_an_unknown_name_is_one_line_that_names_them_all(capsys):
    with pytest.raises(SystemExit) as stop:
        figures._parse_flags(["--out=x", "--only=fig1"])
    assert stop.value.code == 2
    line = capsys.readouterr().err.splitlines()[-1]
    assert all(name in line for name in figures.NAMES)
    assert "Received: fig1 (" in line


def test_without_matplotlib_is_one_line(monkeypatch, capsys):
    monkeypatch.setattr(figures.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SystemExit):
        figures._parse_flags(["--out=x"])
    line = capsys.readouterr().err.splitlines()[-1]
    assert "matplotlib is needed (the extra `figures`)" in line


def test_a_folder_that_cannot_be_written_is_one_line(run, tmp_path):
    (tmp_path / "file").write_text("")
    out = tmp_path / "out"
    for flags in (
        [f"--out={tmp_path}/file"],
        [f"--out={out}", f"--json={tmp_path}"],
    ):
        with pytest.raises(UserError, match="Cannot write"):
            run(*flags, "--only=fig36")
    assert not out.exists()


def test_every_name_has_its_module():
    for name, module in figures.modules().items():
        assert module.__name__.endswith(name)
        assert module.HEAD and len(module.SIZE) == 2
