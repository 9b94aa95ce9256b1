"""Bias and variance of all estimators, as a table and as a figure."""

from __future__ import annotations

import importlib.util
import io
import pathlib

from tfgan_ref.errors import UserError
from tfgan_ref.outputs import check_writable, write_bytes, write_json
from tfgan_ref.training.workdir import WorkDir

_LEAST = 1e-12  # Of a gradient; below it is rounding.
_HEAD = f"{'estimator':26}{'bias':>9}{'by chance':>11}{'deviation':>11}"
_DATA, _GUMBEL, _THROUGH = "#3b6ea5", "#3f8f5b", "#b0702a"


def check(workdir: pathlib.Path) -> None:
    """Raises `UserError` where the files could not be written in the end."""
    if not importlib.util.find_spec("matplotlib"):
        raise UserError("matplotlib is needed (the extra `figures`)")
    WorkDir(workdir).check_folder()
    check_writable(*_files(workdir))


def write(workdir: pathlib.Path, found: dict[str, dict[str, float]]) -> None:
    """Prints the table; writes `estimators.json` and `estimators.png`.

    Args:
        workdir: of the run.
        found: of `gradient_estimates.compare`.
    """
    record, picture = _files(workdir)
    rows, is_relative = _relative(found), _is_relative(found)
    print(
        "Gradients by theta where q is even and D the best; exact is "
        f"{int(is_relative)}:"
    )
    print(_HEAD)
    for name, row in _shown(rows).items():
        print(
            f"{name:26}{row['bias']:9.3f}{row['bias_by_chance']:11.3f}"
            f"{row['deviation']:11.3f}"
        )
    write_json(record, found)
    drawn = io.BytesIO()
    over = " over the exact one's" * is_relative
    _figure(rows, over).savefig(drawn, format="png")
    write_bytes(picture, drawn.getvalue())
    print(f"  {'estimators':12} {picture}")


def _files(workdir):
    return workdir / "estimators.json", workdir / "estimators.png"


def _is_relative(found):
    """Whether there is an exact gradient; of an even law there is none."""
    return all(row["exact"] > _LEAST for row in found.values())


def _relative(found):
    """All numbers over the length of the exact gradient, if it has one."""
    if not _is_relative(found):
        return found
    return {
        name: {key: value / row["exact"] for key, value in row.items()}
        for name, row in found.items()
    }


def _shown(rows):
    """Those of the law softmax(theta), which an embedding has not."""
    return {
        name: row
        for name, row in rows.items()
        if "/" not in name and name != "embedding"
    }


def _figure(rows, over=""):
    """The table, and both relaxed ones by temperature."""
    from matplotlib.figure import Figure

    figure = Figure((9.0, 3.6), dpi=100, layout="constrained")
    left, right = figure.subplots(1, 2)
    shown = [*_shown(rows)][::-1]
    for shift, key, color in (
        (0.2, "bias", _DATA),
        (-0.2, "deviation", _THROUGH),
    ):
        places = [place + shift for place in range(len(shown))]
        values = [rows[name][key] for name in shown]
        left.barh(places, values, 0.4, color=color, label=key)
    left.set_yticks(range(len(shown)), shown)
    left.set(xscale="log", xlabel=f"length of a gradient{over}")
    # One wide, the other narrow: both are the same where the cost is linear.
    for name, color, width in (
        ("gumbel_softmax", _GUMBEL, 6),
        ("straight_through", _THROUGH, 1.5),
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
                linewidth=width,
            )
    right.set(xscale="log", yscale="log")
    right.set_xlabel("temperature (narrow on wide: both are equal)")
    for axis in (left, right):
        axis.spines[["top", "right"]].set_visible(False)
        # Above the curves, not among them.
        axis.legend(
            fontsize=8,
            frameon=False,
            ncols=2,
            columnspacing=1.0,
            loc="lower center",
            bbox_to_anchor=(0.5, 1.0),
        )
    return figure
