"""Each symptom on numbers that have it, and on numbers that do not."""

import numpy as np
import pytest

from tfgan_ref.diagnosis import (
    collapse,
    copying,
    divergence,
    oscillation,
    saturation,
    symptoms,
    vanishing,
)
from tfgan_ref.diagnosis.history import Facts, History, facts_of

FACTS = Facts(batch_size=20, train_steps=1000, pixels=100)


def history(facts=FACTS, first=100, **series):
    """Ten steps from one record to the next; `__` is `/`."""
    found = History(facts)
    columns = {name.replace("__", "/"): x for name, x in series.items()}
    for k, values in enumerate(zip(*columns.values(), strict=True)):
        record = dict(zip(columns, values, strict=True))
        found.add(record | {"step": first + 10 * k})
    return found


def test_a_discriminator_without_doubt_is_saturated():
    # 1/20 is one mistake in a minibatch of 20; four of ten are above it.
    doubts = [0.9] * 4 + [0.049] * 6
    found = saturation.SYMPTOM.find(history(diagnosis__doubt=doubts))
    assert (found.step, found.measured.value) == (190, pytest.approx(0.049))
    assert found.measured.threshold == 0.05
    doubts[-1] = 0.8
    assert not saturation.SYMPTOM.find(history(diagnosis__doubt=doubts))
    few = history(diagnosis__doubt=[0.001] * 9)
    assert saturation.measure(few) is None


@pytest.mark.parametrize(
    ("symptom", "name"),
    [(saturation, "discriminator"), (vanishing, "generator")],
)
def test_costs_bound_slopes_where_those_were_not_logged(symptom, name):
    settings = {"batch_size": 20, "train_steps": 1000, "game": "minimax"}
    series = {f"loss__{name}": [-0.004] * 10}
    if name == "discriminator":
        series = {f"loss__{name}": [0.004] * 10}
    for real_target, expected in ((1.0, True), (0.9, False)):
        facts = facts_of(
            {"settings": settings | {"real_target": real_target}}, 9
        )
        found = symptom.SYMPTOM.find(history(facts, **series))
        assert bool(found) == expected
    assert symptom.measure(history(**series)) is None  # No such game.


def test_a_generator_on_a_flat_cost_vanishes():
    flat, steep = [0.0049] * 10, [0.0051] * 10
    slopes = history(diagnosis__generator_slope=flat)
    assert vanishing.SYMPTOM.find(slopes)
    slopes = history(diagnosis__generator_slope=steep)
    assert not vanishing.SYMPTOM.find(slopes)


def test_a_gradient_below_adam_s_epsilon_vanishes_whatever_the_slope():
    facts = Facts(batch_size=20, train_steps=1000, weights=400)
    for norm, expected in ((1.9e-6, True), (2.1e-6, False)):
        # 1e-7 in each of 400 weights has the norm 2e-6.
        series = {"gradient_norm__generator": [norm] * 10}
        series["diagnosis__generator_slope"] = [0.5] * 10
        found = vanishing.SYMPTOM.find(history(facts, **series))
        assert bool(found) == expected
    assert not vanishing.SYMPTOM.find(history(**series))  # How many?


def test_the_first_tenth_of_a_run_is_not_judged():
    early = history(first=0, diagnosis__doubt=[0.0] * 19)
    assert saturation.measure(early) is None  # Nine from step 100 on.
    assert saturation.SYMPTOM.find(
        history(first=0, diagnosis__doubt=[0.0] * 20)
    )


def test_collapse_is_told_by_what_is_least_covered():
    found = collapse.SYMPTOM.find(
        history(
            diagnosis__spread=[0.9, 0.8, 1.1, 0.9],
            diagnosis__modes=[0.3, 0.9, 0.2, 0.3],
        )
    )
    assert found.measured.value == 0.3 and "modes" in found.measured.what
    assert not collapse.SYMPTOM.find(history(diagnosis__spread=[0.1, 0.6, 0.6]))
    assert collapse.measure(history(diagnosis__spread=[0.1, 0.1])) is None
    # Untrained, all samples are alike: these become less so.
    rising = history(diagnosis__spread=[0.1, 0.2, 0.4])
    assert not collapse.SYMPTOM.find(rising)
    assert collapse.SYMPTOM.find(history(diagnosis__spread=[0.4, 0.2, 0.43]))


def test_spread_is_the_ratio_of_mean_squared_distances():
    rng = np.random.default_rng(0)
    samples, data = rng.normal(2, 0.5, (7, 3)), rng.normal(0, 2, (11, 3))

    def mean(rows):
        return np.mean(
            [
                np.sum((rows[i] - rows[j]) ** 2)
                for i in range(len(rows))
                for j in range(i)
            ]
        )

    expected = mean(samples) / mean(data)
    assert collapse.spread(samples, data) == pytest.approx(expected)
    # One image for each class: far apart, and none within a class.
    classes = np.array([0, 1, 0, 1])
    samples = 100.0 * classes[:, None] * np.ones((4, 3))
    both = np.concatenate([classes, np.arange(11) % 2])
    assert collapse.spread(samples, data, both) == 0
    assert collapse.spread(samples, data) > 100


def test_covered_modes_count_by_their_shares():
    three_of_four = collapse.covered(np.array([5, 5, 0, 5]), np.full(4, 0.25))
    assert three_of_four == pytest.approx(0.75)
    shares = np.array([0.7, 0.2, 0.1])
    assert collapse.covered(70 * shares, shares) == pytest.approx(1)
    alone = collapse.covered(np.array([0, 0, 9]), shares)
    assert alone == pytest.approx(0.1)


def test_an_advantage_that_comes_and_goes_oscillates():
    times = np.arange(40)
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 0.5, 40)
    wave = np.sin(2 * np.pi * times / 9.3)
    found = oscillation.SYMPTOM.find(
        history(logits__real=2 * wave + noise, logits__fake=-0.01 * times)
    )
    # 2 is the variance of the wave, 1/4 that of the noise.
    assert found.measured.value == pytest.approx(2 / 2.25, abs=0.1)
    # The discriminator stays ahead, by four times the swing.
    ahead = history(logits__real=2 * wave + noise + 8, logits__fake=0 * times)
    assert not oscillation.SYMPTOM.find(ahead)
    short = history(logits__real=wave[1:], logits__fake=0 * times[1:])
    assert oscillation.measure(short) is None


@pytest.mark.parametrize("memory", [0.0, 0.5, 0.9, 0.99])
def test_noise_of_any_colour_does_not_oscillate(memory):
    rng = np.random.default_rng(1)
    series = np.zeros((1000, 40))
    state = rng.normal(0, 1 / np.sqrt(1 - memory**2), 1000)
    for k in range(40):
        state = memory * state + rng.normal(0, 1, 1000)
        series[:, k] = state
    shares = np.array([oscillation.oscillation(values) for values in series])
    assert np.max(shares) < 0.7
    assert not oscillation.oscillation(np.ones(40))
    assert not oscillation.oscillation(np.full(40, np.nan))


def test_costs_beyond_any_game_diverge():
    # The run of which the program said "Done".
    found = divergence.SYMPTOM.find(
        history(first=0, loss__generator=[19605.25], loss__discriminator=[0.5])
    )
    assert found.measured.value == 19605.25
    spike = {
        "loss__generator": [1.0, -5e4, 2.0],
        "loss__discriminator": [1] * 3,
    }
    assert not divergence.SYMPTOM.find(history(**spike))
    no_number = {"loss__generator": [1.0, np.nan, np.nan]}
    assert divergence.SYMPTOM.find(history(**no_number))
    assert divergence.measure(history(eval__errors=[9e9])) is None


def test_a_critic_s_estimate_diverges_beyond_what_images_are_apart():
    # Two images of 100 pixels in [-1, 1] are 20 apart at most.
    for estimate, expected in ((20.5, True), (-19.5, False)):
        series = {"critic__estimate": [estimate], "loss__generator": [1e9]}
        found = divergence.SYMPTOM.find(history(**series))
        assert bool(found) == expected
    points = Facts(batch_size=20, train_steps=1000)
    assert divergence.measure(history(points, **series)) is None


def test_copies_are_near_to_one_image_and_to_no_other():
    rng = np.random.default_rng(0)
    data = rng.normal(size=(300, 6))
    limit = copying.bound(data)
    # (first / second)^6 is uniform: a hundredth is below 0.01^(1/6) = 0.46.
    assert limit == pytest.approx(0.01 ** (1 / 6), abs=0.12)
    fresh = rng.normal(size=(2000, 6))
    assert copying.copies(fresh, data, limit) < 0.05
    copied = data[:50] + rng.normal(0, 0.05, (50, 6))
    half = np.concatenate([copied, fresh[:50]])
    assert copying.copies(half, data, limit) == pytest.approx(0.5, abs=0.06)
    # A blurred image is near to all.
    data = rng.normal(size=(300, 30))
    assert not copying.copies(np.zeros((3, 30)), data, copying.bound(data))
    for share, expected in ((0.11, True), (0.1, False)):
        found = copying.SYMPTOM.find(history(diagnosis__copies=[share]))
        assert bool(found) == expected


def test_findings_tell_all_that_is_asked_of_them():
    records = [
        {
            "step": 10 * k,
            "diagnosis/doubt": 0.001,
            "diagnosis/generator_slope": 0.001,
            "diagnosis/spread": 0.01,
            "diagnosis/copies": 0.9,
            "loss/generator": 1e5,
            "logits/real": 3 * np.sin(k),
            "logits/fake": 0.0,
        }
        for k in range(100)
    ]
    found = symptoms.at_end(records, FACTS)
    assert [finding.symptom for finding in found] == [
        symptom.name for symptom in symptoms.ALL
    ]
    for finding in found:
        text = str(finding)
        assert "\n" not in text and finding.step == 990
        for part in ("section", "; try ", "(theory: "):
            assert part in text
