"""Bias and variance of all estimators, as a table and as a figure."""

from __future__ import annotations

import importlib.util
import pathlib

from tfgan_ref.errors import UserError
from tfgan_ref.outputs import check_writable, write_bytes, write_json

_HEAD = f"{'estimator':26}{'bias':>9}{'by chance':>11}{'deviation':>11}"
_DATA, _GUMBEL, _THROUGH = "#3b6ea5", "#3f8f5b", "#b0702a"


def check(workdir: pathlib.Path) -> None:
    """Raises `UserError` where the files could not be written in the end."""
    if not importlib.util.find_spec("matplotlib"):
        raise UserError("matplotlib is needed (the extra `figures`)")
    check_writable(*_files(workdir))


def write(workdir: pathlib.Path, found: dict[str, dict[str, float]]) -> None:
    """Prints the table; writes `estimators.json` and `estimators.png`.

    Args:
        workdir: of the run.
        found: of `gradient_estimates.compare`.
    """
    record, picture = _files(workdir)
    print("Gradients by theta where q is even and D the best; exact is 1:")
    print(_HEAD)
    for name, row in _relative(found).items():
        if "/" not in name:
            print(
                f"{name:26}{row['bias']:9.3f}{row['bias_by_chance']:11.3f}"
                f"{row['deviation']:11.3f}"
            )
    write_json(record, found)
    write_bytes(picture, _drawn(_relative(found)))
    print(f"  {'estimators':12} {picture}")


def _files(workdir):
    return workdir / "estimators.json", workdir / "estimators.png"


def _relative(found):
    """All numbers over the length of the exact gradient."""
    return {
        name: {key: value / row["exact"] for key, value in row.items()}
        for name, row in found.items()
    }


def _drawn(rows):
    """PNG: the table, and both relaxed ones by temperature."""
    import io

    from matplotlib.figure import Figure

    figure = Figure((9.0, 3.6), dpi=100, layout="constrained")
    left, right = figure.subplots(1, 2)
    shown = [name for name in rows if "/" not in name][::-1]
    for shift, key, color in (
        (0.2, "bias", _DATA),
        (-0.2, "deviation", _THROUGH),
    ):
        places = [place + shift for place in range(len(shown))]
        values = [rows[name][key] for name in shown]
        left.barh(places, values, 0.4, color=color, label=key)
    left.set_yticks(range(len(shown)), shown)
    left.set(xscale="log", xlabel="over the exact gradient's length")
    for name, color, dot in (
        ("gumbel_softmax", _GUMBEL, None),
        # With dots: both are the same where the cost is linear.
        ("straight_through", _THROUGH, "o"),
    ):
        at = [n for n in rows if n.startswith(f"{name}/")]
        temperatures = [float(n.partition("/")[2]) for n in at]
        for key, style in (("bias", "-"), ("deviation", "--")):
            values = [rows[n][key] for n in at]
            label = f"{name}, {key}"
            right.plot(
                temperatures,
                values,
                style,
                color=color,
                label=label,
                marker=dot,
            )
    right.set(xscale="log", yscale="log", xlabel="temperature")
    for axis in (left, right):
        axis.spines[["top", "right"]].set_visible(False)
        axis.legend(fontsize=8, frameon=False)
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png")
    return drawn.getvalue()
