"""Who takes part in tools/dev/benchmark.py, by name, and who cannot."""

from __future__ import annotations

import fnmatch
import importlib.metadata
import importlib.util
import os
import shutil

from tfgan_ref import runtime
from tfgan_ref.errors import UserError
from tools.dev.benchmarking.turns import Entry

BATCH_SIZE = 64
GENERATED = {  # Name -> batch size.
    "generation_1": 1,
    "generation_64": 64,
    "generation_1024": 1024,
    "generation_1024_bfloat16": 1024,
}
# At whose rates floors are; with these begins every run.
PRODUCT = "matrix_product"
SMALL_PRODUCT = "matrix_product_100_rows"
# Contestants whose floor is told at the rate of small products as well.
SMALL = ("toy_step", "unrolled_step")
# What peers need: beginning of their names -> packages.
PACKAGES = {"torch": ("torch",), "jax": ("jax", "flax", "optax")}
_BFLOAT16 = "_bfloat16"


def choose(data, only="") -> tuple[dict[str, Entry], dict[str, str]]:
    """The contestants, all or those that are asked for.

    Args:
        data: path of a .npy file of uint8 images.
        only: names or patterns of names, with commas between; "": all.

    Returns:
        Those who take part, the products of matrices before them; and why the
        others that were asked for cannot, by name.

    Raises:
        UserError: there is no contestant of a name.
    """
    everyone = _everyone(data)
    names = [*everyone]
    if only:
        names = [name for name in everyone if name in _products(data)]
        for pattern in only.split(","):
            found = fnmatch.filter(everyone, pattern)
            if not found:
                raise UserError(
                    f"Of {', '.join(everyone)} some were expected. "
                    f"Received: --only={only}, where {pattern!r} is none"
                )
            names += [name for name in found if name not in names]
    reasons = {name: reason for name in names if (reason := _why_not(name))}
    return {n: everyone[n] for n in names if n not in reasons}, reasons


def _everyone(data):
    return {
        name: entry
        for make in (_products, _ours, _keras_guide, _torch, _jax)
        for name, entry in make(data).items()
    }


def product_of(name) -> str:
    """Whose rate makes the floor of a contestant."""
    return PRODUCT + (_BFLOAT16 if name.endswith(_BFLOAT16) else "")


def versions() -> dict[str, str]:
    """Versions of the peers' packages that are there."""
    packages = ("torch", "jax", "jaxlib", "flax", "optax")
    return {
        package: importlib.metadata.version(package)
        for package in packages
        if importlib.util.find_spec(package)
    }


def _why_not(name):
    """None, or why a contestant cannot take part."""
    for package in PACKAGES.get(name.partition("_")[0], ()):
        if not importlib.util.find_spec(package):
            return f"{package} is not installed"
    if name.endswith(_BFLOAT16) and not runtime.has_bfloat16():
        return "the CPU does not compute in bfloat16"
    compiler = os.environ.get("CXX", "g++")
    if name.startswith("torch_compiled") and not shutil.which(compiler):
        return f"torch.compile needs a compiler, {compiler}"
    return None


def ours(function, options=None, calls=5) -> Entry:
    """One of module `ours`, with oneDNN."""
    environment = {"TF_ENABLE_ONEDNN_OPTS": "1"}
    return Entry(f"ours.{function}", options or {}, environment, calls)


def _products(data):
    return {
        PRODUCT: ours("matrix_product"),
        PRODUCT + _BFLOAT16: ours("matrix_product", {"dtype": "bfloat16"}),
        SMALL_PRODUCT: ours("matrix_product_100_rows"),
    }


def _ours(data):
    options = {"data": data, "batch_size": BATCH_SIZE}
    mixed = {"precision": "mixed_bfloat16"}
    made = {
        "ours": ours("step", options),
        "ours_bfloat16": ours("step", options | mixed),
        "ours_plain": ours("step", options | {"plain": True}),
        "ours_minimax": ours("step", options | {"game": "minimax"}),
        "ours_xla": ours("step", options | {"jit_compile": True}),
        "feature_matching": ours("feature_matching_step", calls=2),
        "feature_matching_bfloat16": ours(
            "feature_matching_step", mixed, calls=2
        ),
        "toy_step": ours("toy_step", calls=5),
        "unrolled_step": ours("unrolled_step", calls=3),
        "pipeline": ours("pipeline", options, calls=2000),
    }
    for name, batch_size in GENERATED.items():
        options = {"batch_size": batch_size}
        options |= mixed if name.endswith(_BFLOAT16) else {}
        made[name] = ours("generation", options)
    return made


def _keras_guide(data):
    """With TensorFlow's defaults, which depend on the CPU; and on any."""
    settings = {"": None, "_onednn": "1", "_no_onednn": "0"}
    return {
        f"keras_guide{suffix}": Entry(
            "keras_guide.step",
            {"data": data, "batch_size": BATCH_SIZE},
            {"TF_ENABLE_ONEDNN_OPTS": setting},
        )
        for suffix, setting in settings.items()
    }


def _torch(data):
    threads = {"threads": runtime.available_cores()}
    options = threads | {"data": data, "batch_size": BATCH_SIZE}
    last, compiled = {"channels_last": True}, {"compiled": True}
    half = {"bfloat16": True}
    usual, one_round = "torch_example.step", "torch_one_round.step"
    return {
        "torch_eager": Entry(usual, options),
        "torch_channels_last": Entry(usual, options | last),
        "torch_channels_last_bfloat16": Entry(usual, options | last | half),
        "torch_one_round": Entry(one_round, options),
        "torch_one_round_bfloat16": Entry(one_round, options | half),
        "torch_compiled": Entry(one_round, options | compiled),
        "torch_compiled_bfloat16": Entry(one_round, options | compiled | half),
        "torch_unrolled": Entry("torch_unrolled.step", threads, calls=15),
    }


def _jax(data):
    options = {"data": data, "batch_size": BATCH_SIZE}
    return {
        "jax_one_round": Entry("jax_one_round.step", options),
        "jax_one_round_bfloat16": Entry(
            "jax_one_round.step", options | {"bfloat16": True}
        ),
    }
