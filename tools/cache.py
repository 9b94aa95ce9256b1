"""Shows what the cache of decoded images holds, or empties it.

    python tools/cache.py
    python tools/cache.py --empty

$TFGAN_REF_CACHE names its folder, $TFGAN_REF_CACHE_LIMIT its limit in GB.
"""

from __future__ import annotations

import datetime
import json
import math

from tfgan_ref.command_line import Parser
from tfgan_ref.data import cache, cache_space, stored
from tfgan_ref.errors import UserError, guard, reason


def main(flags) -> None:
    """Shows or empties."""
    limit = cache_space.limit()
    try:
        folder = cache.folder()
        beside = cache_space.beside(folder)
        if not folder.exists():
            files = []
        elif flags.empty:
            files = cache_space.clear(folder, -math.inf)
        else:
            files = cache_space.kept(folder)
        for file in beside if flags.empty else ():
            file.path.unlink(missing_ok=True)
    except (OSError, RuntimeError) as error:
        raise UserError(f"Cannot use the cache: {reason(error)}") from None
    for file in files:
        print(f"{_bytes(file.size):>9}  {_time(file.used)}  {_describe(file)}")
    if beside:
        size = _bytes(sum(file.size for file in beside))
        print(f"{size:>9}  classifiers and scores, {len(beside)} files")
    total = sum(file.size for file in files)
    print(
        f"{len(files)} data sets, {_bytes(total)}, "
        + (f"deleted from {folder}" if flags.empty else f"in {folder}")
        + f"; its limit is {_bytes(limit)}"
    )


def _describe(file) -> str:
    """What was asked for, as it was."""
    try:
        with open(file.path, "rb") as content:
            images, _, header = stored.read(content)
        name, split, folder, *_ = json.loads(header["request"])
        count, height, width, channels = images.shape
    except (OSError, ValueError, KeyError, TypeError):
        return "of another version, or damaged"
    return (
        f"{count} images of {height}x{width}x{channels}: "
        f"{json.dumps(name)}, split {json.dumps(split)}, {json.dumps(folder)}"
    )


def _bytes(number: float) -> str:
    return (
        f"{number / 1e9:.1f} GB" if number >= 1e9 else f"{number / 1e6:.1f} MB"
    )


def _time(seconds: float) -> str:
    return f"{datetime.datetime.fromtimestamp(seconds):%Y-%m-%d %H:%M}"


def _parse_flags(arguments=None):
    parser = Parser(__doc__)
    parser.add_argument("--empty", action="store_true", help="delete it all")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    guard(lambda: main(_parse_flags()))
