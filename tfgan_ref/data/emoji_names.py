"""Unicode's `emoji-test.txt`: which emoji there are, their names and groups.

Reference:
    Unicode Technical Standard #51, Unicode Emoji,
    https://www.unicode.org/reports/tr51
"""

from __future__ import annotations

import hashlib
import pathlib
import re
from typing import NamedTuple

from tfgan_ref import inputs
from tfgan_ref.errors import UserError

SPLITS = ("train", "test", "unseen")
TONES = ("light", "medium-light", "medium", "medium-dark", "dark")

_LIMIT = 2**24  # Bytes.
_GROUP = re.compile(r"# group: (.+)")
# CODES ; fully-qualified # EMOJI [E1.0] NAME
_EMOJI = re.compile(
    r"([\dA-F ]+?)\s*; fully-qualified\s*# \S+ (?:E[\d.]+ )?(.+)"
)
_TONE = re.compile(rf"\b({'|'.join(TONES)}) skin tone\b")
_GENDERS = {"man", "men", "woman", "women", "person", "people"}
_PRESENTATION = 0xFE0F  # Asks for a picture in place of a letter.


class Emoji(NamedTuple):
    """What a line says.

    Attributes:
        codes: code points, without those that ask for a picture.
        name: in English, such as `man running: medium skin tone`.
        group: such as `People & Body`.
    """

    codes: tuple[int, ...]
    name: str
    group: str

    @property
    def tone(self) -> str:
        """``, one of `TONES`, or those of several persons between commas."""
        return ", ".join(_TONE.findall(self.name))

    @property
    def base(self) -> str:
        """The name without tones."""
        return " ".join(re.findall(r"[^\s,:]+", _TONE.sub("", self.name)))

    @property
    def split(self) -> str:
        """To which split it belongs, whatever other emoji there are.

        `test` are about a tenth of the bases, whether of men, women or
        persons: their pictures are much alike. Of about half the others
        `unseen` has one tone, which `train` has of other bases.
        """
        words = [w for w in self.base.split() if w not in _GENDERS]
        if _drawn(" ".join(words)) % 10 == 0:
            return "test"
        held_out = dict(enumerate(TONES)).get(_drawn(f"{self.base}:") % 10)
        return "unseen" if self.tone and self.tone == held_out else "train"


def read(path: pathlib.Path) -> list[Emoji]:
    """Reads the fully qualified emoji, in the file's order.

    Raises:
        UserError: the file cannot be read, or is not such a file.
    """
    found, group = [], ""
    for number, line in enumerate(
        inputs.read_text(path, _LIMIT).splitlines(), 1
    ):
        if header := _GROUP.fullmatch(line.strip()):
            group = header[1]
        elif "; fully-qualified" in line and not line.startswith("#"):
            match = _EMOJI.fullmatch(line.strip())
            if not match or not group:
                raise UserError(
                    f"{path}, line {number}: code points and a name in a group "
                    f"were expected. Received: {line.strip()[:60]!r}"
                )
            codes = (int(code, 16) for code in match[1].split())
            shown = tuple(code for code in codes if code != _PRESENTATION)
            found.append(Emoji(shown, match[2], group))
    if not found:
        raise UserError(
            f"{path} is not Unicode's emoji-test.txt: it has no line with "
            "`; fully-qualified`"
        )
    return found


def _drawn(text: str) -> int:
    """A number that looks random and is always the same."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
