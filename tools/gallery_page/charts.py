"""Line charts as SVG that stands in HTML, in the colours of the page."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence

_WIDTH, _HEIGHT = 480, 210
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 26, 12, 28
_POINTS = 300  # Of a line, at most; each is the mean of some records.
_LARGEST = 1e300  # Beyond it an axis has no length that a float can hold.

Line = Sequence[tuple[float, float]]


def draw(lines: Mapping[str, Line], title: str) -> str:
    """Draws lines over the steps.

    Args:
        lines: (step, value) pairs by name, with steps in order; values that
            are not finite, or nearly so, leave a gap.
        title: what a screen reader says.

    Returns:
        An `<svg>`; "" where there is no value to be shown.
    """
    thinned = {name: _thin(line) for name, line in lines.items()}
    points = [
        point
        for line in thinned.values()
        for point in line
        if _is_shown(point[1])
    ]
    if not points:
        return ""
    steps, values = zip(*points, strict=True)
    across = _Axis(min(steps), max(steps), _LEFT, _WIDTH - _RIGHT)
    up = _Axis(min(values), max(values), _HEIGHT - _BOTTOM, _TOP)
    parts = [_grid(across, up)]
    for number, line in enumerate(thinned.values()):
        parts += [
            f'<polyline class="line{number}" points="{stretch}"/>'
            for stretch in _stretches(line, across, up)
        ]
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="{html.escape(title)}">{"".join(parts)}</svg>'
    )


class _Axis:
    """From numbers to places, and where the ticks are."""

    def __init__(self, low, high, start, end):
        if high - low < 1 / _LARGEST:
            low, high = low - 0.5, high + 0.5
        self._low, self._high = low, high
        self._start, self._end = start, end

    def place(self, number):
        share = (number - self._low) / (self._high - self._low)
        return self._start + share * (self._end - self._start)

    def ticks(self):
        """Some four round numbers between the ends, and their texts."""
        rough = (self._high - self._low) / 4
        power = 10.0 ** math.floor(math.log10(rough))
        distance = next(
            factor * power
            for factor in (1, 2, 5, 10)
            if factor * power >= rough
        )
        first = math.ceil(self._low / distance)
        last = math.floor(self._high / distance)
        return [
            (distance * i, f"{distance * i:,.6g}")
            for i in range(first, last + 1)
        ]


def _grid(across, up):
    """The lines and the numbers of both axes."""
    parts = []
    for number, text in up.ticks():
        y = up.place(number)
        parts.append(
            f'<path class="rule" d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}"/>'
            f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" class="end">{text}</text>'
        )
    for number, text in across.ticks():
        x = across.place(number)
        parts.append(f'<text x="{x:.1f}" y="{_HEIGHT - 8}">{text}</text>')
    return "".join(parts)


def _thin(line):
    """Means of equally many neighbours each, where there are too many."""
    size = math.ceil(len(line) / _POINTS)
    if size <= 1:
        return list(line)
    groups = [line[i : i + size] for i in range(0, len(line), size)]
    return [
        (group[-1][0], sum(value for _, value in group) / len(group))
        for group in groups
    ]


def _is_shown(value):
    return abs(value) < _LARGEST  # Nor NaN.


def _stretches(line, across, up):
    """The points of each part of a line without a gap."""
    stretch: list[str] = []
    for step, value in [*line, (0, math.nan)]:
        if _is_shown(value):
            x, y = across.place(step), up.place(value)
            stretch.append(f"{x:.1f},{y:.1f}")
        elif stretch:
            # One point alone is drawn by its round end.
            yield " ".join(stretch * 2 if len(stretch) == 1 else stretch)
            stretch = []
