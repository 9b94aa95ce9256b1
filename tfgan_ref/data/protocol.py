"""What a run has to know of its data, images or points."""

from __future__ import annotations

from typing import Protocol


class Data(Protocol):
    """What `training.train` asks of its data, beside the stream of it.

    Attributes:
        name: as it was asked for.
        class_names: of the labels, empty where there are none.
        count: how many examples; None where they are drawn for ever.
        summary: in a few words.
        facts: what a run records, JSON values; a run that is resumed must have
            the same.
    """

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def class_names(self) -> tuple[str, ...]: ...  # noqa: D102

    @property
    def count(self) -> int | None: ...  # noqa: D102

    @property
    def summary(self) -> str: ...  # noqa: D102

    @property
    def facts(self) -> dict[str, object]: ...  # noqa: D102
