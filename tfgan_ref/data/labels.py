"""Few labels out of many."""

from __future__ import annotations

import numpy as np

from tfgan_ref.errors import UserError


def keep_labels(labels: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Returns the labels with all but `count` of them set to -1.

    Every class keeps `count / classes` of its own, chosen at random, as in
    the semi-supervised experiments of Salimans et al. (2016).

    Args:
        labels: int `[examples]`, -1 where there is none.
        count: how many to keep in all.
        seed: of the choice.

    Raises:
        UserError: there are no labels, `count` is not a multiple of the
            number of classes (the largest label + 1), or a class has too few
            examples.
    """
    classes = int(labels.max()) + 1
    if not classes:
        raise UserError(
            f"`labelled`={count} needs labels; the data set has none"
        )
    if count < 1 or count % classes:
        raise UserError(
            f"`labelled` must be a positive multiple of the {classes} classes, "
            f"of which each gets as many labels. Received: {count}"
        )
    each = count // classes
    order = np.random.default_rng(seed).permutation(len(labels))
    kept = np.full_like(labels, -1)
    for label in range(classes):
        chosen = order[labels[order] == label][:each]
        if len(chosen) < each:
            raise UserError(
                f"`labelled`={count} asks for {each} examples of each class; "
                f"class {label} has {len(chosen)}"
            )
        kept[chosen] = label
    return kept
