"""The signatures of a GAN's endpoints, fresh or loaded."""

from __future__ import annotations

import tensorflow as tf

# Inputs of each function that all models have, their dtype and rank, and its
# outputs; a game with conditions has more inputs.
_SAMPLE = {"seed": (tf.int64, 1), "truncation": (tf.float32, 1)}
_OF_TOKENS = {"tokens", "strings"}  # What `sample` gives of a model of these.
_OF_IMAGES = ({"images": (tf.float32, 4)}, {"images"})
INTERFACE = {
    "generate": ({}, {"images"}),
    "sample": (_SAMPLE, {"images"}),
    "sample_png": (_SAMPLE, {"png"}),
    "sample_png_bytes": (_SAMPLE, {"png_bytes"}),
    "classify": (
        {"images": (tf.float32, 4)},
        {"probabilities", "classes", "realness"},
    ),
    "reconstruct": _OF_IMAGES,
    "translate": _OF_IMAGES,
    "upscale": _OF_IMAGES,
}


def signatures(gan) -> dict[str, tf.types.experimental.ConcreteFunction]:
    """The functions of `endpoints`, traced, by their names.

    The first is also `serving_default`.

    Args:
        gan: `GAN`.
    """
    traced = {
        name: _trace(function, specs)
        for name, (function, specs) in gan.endpoints().items()
    }
    return {"serving_default": next(iter(traced.values())), **traced}


def inputs_of(function) -> dict[str, tf.TensorSpec]:
    """The inputs of a signature, by name, of a fresh or of a loaded one."""
    positional, named = function.structured_input_signature
    return {spec.name: spec for spec in positional} | dict(named)


def fits(function, name: str) -> bool:
    """Whether a signature of that name is as `endpoints` has it.

    Its batch may be of any size, and all other sizes are known.
    """
    inputs, outputs = INTERFACE[name]
    made = set(function.structured_outputs)
    specs = inputs_of(function)
    received = {
        key: (spec.dtype, spec.shape.rank) for key, spec in specs.items()
    }
    return (
        bool(received)
        and inputs.items() <= received.items()
        and (made == outputs or (name == "sample" and made == _OF_TOKENS))
        and all(
            spec.shape.rank
            and spec.shape[0] is None
            and None not in tuple(spec.shape[1:])
            for spec in specs.values()
        )
    )


def _trace(function, specs):
    named = {
        name: tf.TensorSpec(spec.shape, spec.dtype, name)
        for name, spec in specs.items()
    }

    def checked(**given):
        # Nothing else looks at the shapes of what a loaded one is given.
        return function(
            **{
                name: tf.ensure_shape(rows, rows.shape)
                for name, rows in given.items()
            }
        )

    return tf.function(checked, autograph=False).get_concrete_function(**named)
