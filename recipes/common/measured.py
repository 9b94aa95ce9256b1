"""What `auto` stands for: as the run there began, or what is faster here."""

from __future__ import annotations

from absl import logging


def precision(gan, minibatches, before: dict):
    """--precision=auto: the GAN, or the same in float32.

    Args:
        gan: compiled, in mixed_bfloat16.
        minibatches: function without arguments -> their `tf.data.Dataset`.
        before: settings of the run that is there, or none.

    Returns:
        The GAN to train, and its precision.
    """
    import keras

    from tfgan_ref.training import autotune

    if before:
        chosen = before["precision"]
        logging.info("precision: %s, as before", chosen)
    else:
        times = autotune.precisions(gan, minibatches())
        chosen = min(times, key=times.__getitem__)
        logging.info(
            "precision: %s; a step took %.1f ms in float32, %.1f ms in "
            "bfloat16",
            chosen,
            times["float32"],
            times["mixed_bfloat16"],
        )
    keras.config.set_dtype_policy(chosen)
    return autotune.in_float32(gan) if chosen == "float32" else gan, chosen


def jit_compile(gan, minibatches, before: dict) -> None:
    """--jit_compile=auto: sets the GAN's `jit_compile`.

    Args:
        gan: compiled.
        minibatches: as for `precision`, and so is the next.
        before: settings.
    """
    from tfgan_ref.training import autotune

    if before:
        gan.jit_compile = bool(before.get("jit_compile"))
        logging.info("jit_compile: %s, as before", gan.jit_compile)
        return
    times = autotune.choose_jit_compile(gan, minibatches())
    logging.info(
        "jit_compile: %s; a step took %.1f ms without XLA, %.1f ms with it",
        gan.jit_compile,
        times[False],
        times[True],
    )
