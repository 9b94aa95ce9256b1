"""Recorded runs, as figures read them."""

from __future__ import annotations

import json
import pathlib

from tfgan_ref.errors import UserError


class NotRecorded(UserError):
    """The runs that a figure shows are not there."""


def read(path: pathlib.Path, pick):
    """What `pick` takes of a record; `UserError` where it is not in there."""
    try:
        return pick(json.loads(path.read_text()))
    except (OSError, ValueError, TypeError, LookupError) as error:
        raise UserError(
            f"{path} is no record of such a run: {type(error).__name__}: "
            f"{error}"
        ) from None
