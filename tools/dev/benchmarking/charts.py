"""Pictures of what tools/dev/benchmark.py has measured."""

from __future__ import annotations

import io
import pathlib

from tfgan_ref.outputs import write_bytes

_NAMES = {
    "ours": "ours",
    "ours_bfloat16": "ours, bfloat16",
    "ours_plain": "ours, plain",
    "ours_xla": "ours, XLA",
    "keras_guide": "Keras guide, defaults",
    "keras_guide_onednn": "Keras guide, oneDNN",
    "keras_guide_no_onednn": "Keras guide, no oneDNN",
    "torch_eager": "PyTorch, usual loop, NCHW",
    "torch_channels_last": "PyTorch, usual loop",
    "torch_channels_last_bfloat16": "PyTorch, usual loop, bfloat16",
    "torch_one_round": "PyTorch, one round",
    "torch_one_round_bfloat16": "PyTorch, one round, bfloat16",
    "torch_compiled": "PyTorch, compiled",
    "torch_compiled_bfloat16": "PyTorch, compiled, bfloat16",
    "jax_one_round": "JAX, one round",
    "jax_one_round_bfloat16": "JAX, one round, bfloat16",
}
_WINDOW = 25  # Steps that a point of the curves is the mean of.


def draw(content: dict, path: pathlib.Path) -> None:
    """Draws the steps as bars, and the losses if there are, as curves.

    Args:
        content: what `measure` of tools/dev/benchmark.py returns.
        path: .png file, overwritten.

    Raises:
        UserError: it cannot be written.
    """
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    losses = content.get("losses")
    figure, axes = plt.subplots(
        1, 2 if losses else 1, figsize=(12 if losses else 7, 5), squeeze=False
    )
    _draw_steps(content, axes[0, 0])
    if losses:
        _draw_losses(losses, axes[0, 1])
    figure.tight_layout()
    drawn = io.BytesIO()
    figure.savefig(drawn, dpi=110, format="png")
    plt.close(figure)
    write_bytes(path, drawn.getvalue())


def _draw_steps(content, axis):
    rows = [
        (label, content[name])
        for name, label in _NAMES.items()
        if content.get(name)  # None: it was not run.
    ]
    rows.reverse()
    labels = [label for label, _ in rows]
    axis.barh(labels, [t["median"] for _, t in rows], color="#c8d4e3")
    axis.barh(labels, [t["best"] for _, t in rows], color="#3b6ea5", height=0.5)
    if content["floor_ms"]:
        label = "floor in float32"
        axis.axvline(content["floor_ms"], color="#b03030", label=label)
        axis.legend(loc="lower right")
    axis.set_xlabel("ms per step of DCGAN-32: best, median behind it")


def _draw_losses(losses, axis):
    styles = ("-", "--", ":")
    for (name, pairs), style in zip(losses.items(), styles, strict=True):
        for player, color in enumerate(("#3b6ea5", "#b0702a")):
            values = [pair[player] for pair in pairs]
            means = [
                sum(values[i : i + _WINDOW]) / _WINDOW
                for i in range(0, len(values) - _WINDOW + 1, _WINDOW)
            ]
            steps = range(_WINDOW, len(values) + 1, _WINDOW)
            player_name = ("generator", "discriminator")[player]
            axis.plot(
                steps,
                means,
                style,
                color=color,
                label=f"{player_name}, {name.replace('_', ' ')}",
            )
    axis.set_xlabel(f"step (means of {_WINDOW} steps)")
    axis.set_ylabel("loss, nats")
    axis.legend(fontsize=7)
