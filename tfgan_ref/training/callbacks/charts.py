"""The charts of TensorBoard's Custom Scalars: what belongs together, in one."""

import re
from collections.abc import Iterable

import tensorflow as tf
from tensorboard.plugins.custom_scalar import layout_pb2, summary

# Category -> title of a chart -> what its tags match, from begin to end.
_CHARTS = {
    "The game": {
        "costs of both players": r"loss/(generator|discriminator)",
        "costs with labels": r"loss/(labelled|unlabelled)",
        "mean logits on real and fake": r"mean_logits/(real|fake)",
        "accuracies": r"accuracy/.*",
        "entropies of categories": r"entropy/.*",
        "what samples tell of their codes": r"information/.*",
        "the critic": r"critic/.*",
    },
    "Diagnosis": {
        "slopes by the logits": r"diagnosis/(doubt|generator_slope)",
        "variety of samples": r"diagnosis/(spread|modes|classes|copies)",
        "severity of symptoms": r"severity/.*",
    },
    "Its steps": {
        "gradient norms": r"gradient_norm/.*",
        "learning rates": r"learning_rate/.*",
        "images per second": r"perf/images_per_second",
    },
}


class Charts:
    """Writes the charts of those tags that there are."""

    def __init__(self):
        self._drawn = None

    def write(self, tags: Iterable[str]) -> None:
        """Writes the layout to the current writer, if it has become another.

        Args:
            tags: of scalars.
        """
        layout = make_layout(tags)
        if layout == self._drawn:
            return
        self._drawn = layout
        tf.summary.experimental.write_raw_pb(
            summary.pb(layout).SerializeToString()
        )


def make_layout(tags: Iterable[str]) -> layout_pb2.Layout:
    """Returns the charts that have a curve."""
    tags = list(tags)
    every = _CHARTS | {"Evaluations": _of_evaluations(tags)}
    categories = []
    for title, charts in every.items():
        drawn = [
            _chart(name, pattern)
            for name, pattern in charts.items()
            if any(re.fullmatch(pattern, tag) for tag in tags)
        ]
        if drawn:
            categories.append(layout_pb2.Category(title=title, chart=drawn))
    return layout_pb2.Layout(category=categories)


def _of_evaluations(tags):
    """One of each measure, such as the errors of raw and averaged weights."""
    names = sorted({t.split("/")[1] for t in tags if t.startswith("eval/")})
    return {
        name.replace("_", " "): rf"eval/{re.escape(name)}(/.*)?"
        for name in names
    }


def _chart(title, pattern):
    # TensorBoard's match is of a tag's beginning.
    content = layout_pb2.MultilineChartContent(tag=[f"{pattern}$"])
    return layout_pb2.Chart(title=title, multiline=content)
