"""Old names of modules, each with what a program of before took from it."""

import importlib
import json
import subprocess
import sys

import numpy as np
import pytest

from tfgan_ref import latents

# From the log of the repository: old module, a name of it, where it is now.
OLD_NAMES = [
    ("autotune", "choose_jit_compile", "training.autotune"),
    ("callbacks.checkpoint", "SaveCheckpoints", "training.callbacks"),
    ("callbacks.evaluate", "Evaluate", "training.callbacks"),
    ("callbacks.finite", "StopAtNonFinite", "training.callbacks"),
    ("callbacks.interrupt", "StopOnSignal", "training.callbacks"),
    ("callbacks.metrics", "LogMetrics", "training.callbacks"),
    ("callbacks.of_player", "OfPlayer", "training.callbacks"),
    ("callbacks.periodic", "Periodic", "training.callbacks"),
    ("callbacks.progress", "ProgressBar", "training.callbacks"),
    ("callbacks.samples", "WriteSamples", "training.callbacks"),
    ("callbacks.samples", "grid", "pictures"),
    ("callbacks.samples", "to_uint8", "pictures"),
    ("callbacks.samples", "draw_images", "pictures"),
    ("callbacks.tensorboard", "DescribeRun", "training.callbacks"),
    ("checkpoints", "Checkpoints", "training.checkpoints"),
    ("cost", "step_flop", "flop"),
    ("data.data", "Data", "data.protocol"),
    ("evaluation.evaluation", "Evaluation", "evaluation.result"),
    ("export", "export_gan", "serving.export"),
    ("models.critic_schedule", "generator_moves", "models.wgan"),
    ("models.wasserstein", "WassersteinGAN", "models.wgan"),
    ("models.wasserstein", "PenalizedGAN", "models.wgan"),
    ("models.wasserstein", "ClippedGAN", "models.wgan"),
    ("networks", "Restored", "training.networks"),
    ("records", "rewind", "training.records"),
    ("safe_saved_model", "check", "serving.safe_saved_model"),
    ("served", "signatures", "serving.served"),
    ("training", "train", "training.run"),
    ("training", "Config", "training.run"),
    ("unrolling", "adam_step", "models.unrolled"),
    ("warmup", "write", "serving.warmup"),
    ("workdir", "WorkDir", "training.workdir"),
]


@pytest.fixture(scope="module")
def homes():
    """Where a process that knows the old names alone finds each of them."""
    code = (
        "import importlib, json\n"
        f"for module, name, _ in {OLD_NAMES!r}:\n"
        "    module = importlib.import_module(f'tfgan_ref.{module}')\n"
        "    print(json.dumps(getattr(module, name).__module__))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True
    )
    assert not done.returncode, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_new_process_finds_what_old_names_stand_for(homes):
    for (old, name, new), home in zip(OLD_NAMES, homes, strict=True):
        if new == "training.callbacks":
            new = f"training.{old}"
        assert home == f"tfgan_ref.{new}", (old, name)


@pytest.mark.parametrize(("old", "name", "new"), OLD_NAMES)
def test_an_old_name_gives_the_same_object(old, name, new):
    if new == "training.callbacks":
        new = f"training.{old}"
    before = importlib.import_module(f"tfgan_ref.{old}")
    now = importlib.import_module(f"tfgan_ref.{new}")
    assert getattr(before, name) is getattr(now, name)
    assert now.__name__ == now.__spec__.name == f"tfgan_ref.{new}"
    if new != "pictures" and old != "training":
        assert before is now


def test_latents_are_functions_of_shape_and_seed():
    drawn = {
        name: getattr(latents, name)((4000, 3), [2, 7]).numpy()
        for name in ("uniform", "normal", "unit_uniform")
    }
    assert {values.shape for values in drawn.values()} == {(4000, 3)}
    for name, mean, deviation in (
        ("uniform", 0, 3**-0.5),
        ("normal", 0, 1),
        ("unit_uniform", 0.5, 12**-0.5),
    ):
        assert np.abs(drawn[name].mean(0) - mean).max() < 0.06
        assert np.abs(drawn[name].std(0) - deviation).max() < 0.05
    again = latents.uniform((4000, 3), [2, 7]).numpy()
    np.testing.assert_array_equal(again, drawn["uniform"])


@pytest.mark.parametrize("name", ["nosuch", "callbacks.nosuch", "workdirs"])
def test_what_never_was_is_not_found(name):
    with pytest.raises(ModuleNotFoundError, match=name.rpartition(".")[2]):
        importlib.import_module(f"tfgan_ref.{name}")
