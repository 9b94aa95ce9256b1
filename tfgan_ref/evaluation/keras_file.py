"""A `.keras` file without what tells when and by which process it was made."""

from __future__ import annotations

import io
import json
import zipfile

_NO_DATE = (1980, 1, 1, 0, 0, 0)  # The first that a ZIP file can state.
_ID = "shared_object_id"  # In Keras's words: an address in memory.


def reproducible(content: bytes) -> bytes:
    """The same network in a file that is a function of it alone.

    So the file's hash names the network: trained anew in the same way, it has
    the same.

    Args:
        content: of NAME.keras, as Keras has just written it.

    Returns:
        That of a file that Keras loads as the same network.
    """
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as given,
        zipfile.ZipFile(written, "w") as archive,
    ):
        for name in sorted(given.namelist()):
            part = given.read(name)
            if name == "metadata.json":
                part = _encoded(json.loads(part) | {"date_saved": None})
            elif name == "config.json":
                part = _numbered(part)
            archive.writestr(zipfile.ZipInfo(name, _NO_DATE), part)
    return written.getvalue()


def _numbered(config):
    """Its shared objects by the order in which they come."""
    numbers: dict[int, int] = {}

    def number(found):
        if _ID in found:
            found[_ID] = numbers.setdefault(found[_ID], len(numbers))
        return found

    return _encoded(json.loads(config, object_hook=number))


def _encoded(value):
    return json.dumps(value).encode()
