"""What a flag takes and what it refuses, at the edge of both."""

import math

import pytest
from absl import flags
from absl.testing import flagsaver

from tests.recipes import alone

# Flag -> values that are taken, and values that are refused.
# No flag takes more than that of anything, nor what is no number.
_TOO_MANY = [2**31, 10**400, "nan", "1e3", "x", ""]
COUNT = ([1], [0, -1, *_TOO_MANY])
SIZE = ([1, 16384], [0, -1, 16385, *_TOO_MANY])
DECAY = ([0.0, 0.9999], [-0.0001, 1.0, math.nan])
WEIGHT = ([0.0, 1e-9, 7.0], [-1e-9, math.nan, math.inf, "1e400", "x"])
RATE = WEIGHT
SIDE = ([2, 16384], [1, 16385])
REFERENCE = ([2, 1048576], [1, 1048577])
COMMON = {
    "workdir": (["x"], [""]),
    "train_steps": COUNT,
    "batch_size": ([1, 1048576], [0, 1048577]),
    "latent_dim": SIZE,
    "seed": ([0, 4294967295], [-1, 4294967296]),
    "seeds": (
        ["0", "7,3", "4294967295"],
        ["", "1,1", "-1", "x", "1,", "1, 2", "4294967296"],
    ),
    "strategy": (["one_device", "mirrored", "multi_worker"], ["two"]),
    "virtual_devices": ([1, 128], [0, 129]),
    "worker_timeout": ([1e-3, 1e30], [0.0, -1.0, math.nan]),
    "preempted_status": ([0, 255], [-1, 256]),
    "discriminator_steps": ([1, 10000], [0, 10001]),
    "real_target": ([1e-9, 1.0], [0.0, -1e-9, 1.0001, math.nan]),
    "generator_lr": RATE,
    "discriminator_lr": RATE,
    "beta_1": DECAY,
    "ema_decay": DECAY,
    "precision": (["float32", "mixed_bfloat16", "auto"], ["float16"]),
    "steps_per_execution": ([1, 10000], [0, 10001]),
    "jit_compile": (["auto", "true", "false"], ["yes"]),
    "log_every": COUNT,
    "sample_every": COUNT,
    "checkpoint_every": COUNT,
    "checkpoints_to_keep": COUNT,
    "init_from": (["x"], [""]),
    "lr_schedule": (["constant", "linear", "cosine"], ["step"]),
    "lr_decay_steps": COUNT,
    "lr_warmup_steps": ([0], [-1]),
    "lr_final": ([0.0, 1.0], [-1e-9, 1.0001, math.nan]),
}
IMAGES = COMMON | {
    "image_size": ([1, 4096], [0, 4097]),
    "channels": (["1", "3"], ["2"]),
    "fit": (["crop", "pad", "stretch"], ["fill"]),
    "augment": (["shift", "mirror,shift"], ["", "turn", "shift,shift"]),
    "diff_augment": (
        ["color", "cutout,translation"],
        ["", "mirror", "color,", "color,color"],
    ),
    "eval_every": COUNT,
    "eval_count": ([2, 10**6], [1, 10**6 + 1]),
    "eval_share": ([1e-9, 1.0], [0.0, 1.0001, math.nan]),
    "metrics": (["", "fid", "swd,one_nn"], ["fud", "fid,fid", "fid,"]),
}
LABELS = IMAGES | {
    "labels": COUNT,
    "label_seed": ([0, 4294967295], [-1, 4294967296]),
    "discriminator_ema_decay": DECAY,
}
EVAL_SAMPLES = ([1, 16777216], [0, 16777217])
POINTS = COMMON | {
    "eval_every": COUNT,
    "eval_samples": EVAL_SAMPLES,
    "dataset": (
        ["ring", "unrolled_paper_ring", "unrolled_notebook_ring", "grid"]
        + ["two_gaussians", "gaussian", "unequal_gaussians"],
        ["cifar10"],
    ),
}
WASSERSTEIN = {
    "lipschitz": (["penalty", "clipping"], ["none"]),
    "penalty_weight": WEIGHT,
    "clip": ([1e-9, 7.0], [0.0, -1e-9, math.nan, math.inf]),
}
# Any number, any name, yes or no; a wrong one is a mistake of the run's.
_OPEN = {"dataset", "data_dir", "split", "test_split", "background"}
_OPEN |= {"classifier", "divergence", "extractor", "keep_best", "unseen_split"}


def check(recipe, limits):
    """Parses a command line for each value, in this process.

    Args:
        recipe: its module.
        limits: as `COMMON`, of all its flags that have limits.
    """
    with alone.imported(recipe):
        for name, (taken, refused) in limits.items():
            for value in taken:
                received = _parsed(recipe, "--workdir=x", f"--{name}={value}")
                assert received[name] == value, (name, value)
            for value in refused:
                # Of the flag and not of another.
                with pytest.raises(flags.Error, match=f"flag --{name}="):
                    _parsed(recipe, "--workdir=x", f"--{name}={value}")
        with pytest.raises(flags.Error, match="--workdir"):
            _parsed(recipe)
        others = {
            flag.name for flag in alone.flags_of_recipes() if not flag.boolean
        }
        assert others - _OPEN <= limits.keys()


def _parsed(*arguments):
    with flagsaver.flagsaver():
        flags.FLAGS(arguments)
        return flags.FLAGS.flag_values_dict()
