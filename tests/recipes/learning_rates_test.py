"""--lr_schedule and what goes with it, in recipes of every kind."""

import math

import numpy as np
import pytest
from absl import flags

from tests.recipes import alone, flag_checks, image_checks
from tests.recipes.experiment import build
from tfgan_ref.errors import UserError

SMALL = {"width": 2, "generator_lr": 0.02, "discriminator_lr": 0.03}


def rates(run, player, steps, updates):
    """What is left of the rate after some steps, of so many updates each."""
    received = run.rates(player, [updates * step for step in steps])
    return np.array(received) / run.settings[f"{player}_lr"]


def test_cosine_with_a_warm_up_counts_steps_of_both_players():
    given = SMALL | {
        "train_steps": 5000,
        "lr_schedule": "cosine",
        "lr_warmup_steps": 10,
        "lr_decay_steps": 100,
        "lr_final": 0.2,
        "simultaneous": False,
        "discriminator_steps": 3,
    }
    run = build("recipes.dcgan", image_checks.DEFAULTS, given)
    steps = [0, 5, 10, 35, 60, 110, 4000]
    middle = 0.2 + 0.8 * (0.5 + 0.5 * math.cos(math.pi / 4))
    expected = [0, 0.5, 1, middle, 0.6, 0.2, 0.2]
    for player, updates in {"generator": 1, "discriminator": 3}.items():
        np.testing.assert_allclose(
            rates(run, player, steps, updates), expected, atol=1e-5
        )
    flag_checks.record(run)


def test_linear_falls_over_the_whole_run_where_nothing_else_is_said():
    given = SMALL | {
        "train_steps": 80,
        "lr_schedule": "linear",
        "labels": 10,
        "batch_size": 8,
        "generator_steps": 2,
    }
    run = build("recipes.minibatch", image_checks.DEFAULTS, given)
    steps = [0, 20, 40, 80, 90]
    for player, updates in {"generator": 2, "discriminator": 1}.items():
        np.testing.assert_allclose(
            rates(run, player, steps, updates), [1, 0.75, 0.5, 0, 0], atol=1e-6
        )
    names = flag_checks.ELSEWHERE - {"worker_timeout", "preempted_status"}
    said = {name: run.settings[name] for name in names}
    assert said == {
        "init_from": None,
        "lr_schedule": "linear",
        "lr_decay_steps": 80,
        "lr_warmup_steps": 0,
        "lr_final": 0.0,
    }


def test_a_generator_that_seldom_moves_is_at_the_end_with_the_critic():
    given = {
        "lipschitz": "clipping",
        "train_steps": 1000,
        "lr_schedule": "linear",
        "lr_final": 0.5,
    }
    run = build("recipes.wgan_toy", flag_checks.DEFAULTS, given)
    np.testing.assert_allclose(
        rates(run, "discriminator", [0, 500, 1000], 5), [1, 0.75, 0.5]
    )
    # In 500 blocks it moves 25 times, then 475 times, and after 20 blocks,
    # of which there are then 5 left.
    np.testing.assert_allclose(
        rates(run, "generator", [0, 253, 506, 900], 1), [1, 0.75, 0.5, 0.5]
    )


def test_a_player_that_does_not_move_at_all_has_a_rate():
    given = {
        "lipschitz": "clipping",
        "train_steps": 10,
        "lr_schedule": "linear",
    }
    run = build("recipes.wgan_toy", flag_checks.DEFAULTS, given)
    np.testing.assert_allclose(rates(run, "generator", [0], 1), [1])


@pytest.mark.parametrize("kind", ["constant", "cosine"])
def test_it_takes_the_place_of_a_recipes_own(kind):
    given = {"lr_schedule": kind, "unroll_steps": 0, "train_steps": 60}
    run = build("recipes.unrolled", flag_checks.DEFAULTS, given)
    middle, end = {"constant": (1, 1), "cosine": (0.5, 0)}[kind]
    for player in ("generator", "discriminator"):
        received = rates(run, player, [0, 30, 60], 1)
        np.testing.assert_allclose(received, [1, middle, end], atol=1e-6)
    assert run.settings["linear_decay"] is False
    assert "train_steps" in run.free


REFUSED = [
    ("dcgan", ["--lr_decay_steps=9"], "without --lr_schedule"),
    ("dcgan", ["--lr_warmup_steps=9"], "without --lr_schedule"),
    (
        "dcgan",
        ["--lr_schedule=constant", "--lr_final=0.5"],
        "with --lr_schedule=constant",
    ),
    (
        "dcgan",
        ["--lr_schedule=linear", "--lr_warmup_steps=9"],
        "with --lr_schedule=linear",
    ),
    (
        "unrolled",
        ["--lr_schedule=cosine", "--linear_decay=True"],
        "with --lr_schedule=cosine",
    ),
]


@pytest.mark.parametrize(("recipe", "given", "where"), REFUSED)
def test_what_has_no_effect_is_refused(recipe, given, where, tmp_path):
    name = given[-1].partition("=")[0]
    said = f"{name} has no effect {where}. Received: {given[-1]}"
    assert refusal(recipe, given, tmp_path) == said
    assert not list(tmp_path.iterdir())


def test_a_warm_up_leaves_something_of_the_run(tmp_path):
    given = ["--lr_schedule=cosine", "--lr_warmup_steps=7", "--train_steps=7"]
    assert refusal("dcgan", given, tmp_path) == (
        "--lr_warmup_steps must leave some of --train_steps. Received: 7 of 7"
    )


def refusal(recipe, given, folder):
    """The message of a recipe that does not run."""
    data = [] if recipe == "unrolled" else ["--dataset=digits", "--width=2"]
    with alone.imported(f"recipes.{recipe}") as module:
        flags.FLAGS([recipe, f"--workdir={folder / 'run'}", *data, *given])
        with pytest.raises(UserError) as caught:
            module.main()
    return str(caught.value)
