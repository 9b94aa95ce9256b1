"""JSON of files that may be damaged, or written by somebody hostile.

Here alone it is read, and held to a schema, which is one of these:

    str, int, float, bool, dict, list   a value of that kind; int: of 64 bits;
                                        float: any number that is finite
    COUNT, NUMBER, ANY                  an int >= 0; any number; anything
    None                                null
    (schema, ...)                       one of them
    [schema], [schema, ...]             a list, each item of that schema; one
                                        at least
    {"name": schema, "name?": schema}   an object with that name, or maybe with
                                        it; other names are not looked at
    {str: schema}                       an object, each value of that schema
"""

from __future__ import annotations

import collections
import contextlib
import json
import math
import os
from typing import Any

from tfgan_ref import inputs
from tfgan_ref.errors import UserError, reason

COUNT, NUMBER, ANY = "count", "number", "any"

_LIMIT = 2**26  # Bytes of a file.
_DEPTH = 100  # Of what is nested; Keras's descriptions have about 20.
_SHOWN = 60  # Characters of a value in a message.


class Damaged(ValueError):
    """No JSON, or not of its schema; says in one line what is wrong where."""


def read(path: str | os.PathLike, schema: Any = ANY, hint: str = "") -> Any:
    """Reads a file of JSON.

    Args:
        path: of the file.
        schema: see above.
        hint: what to do about a damaged one, for the message.

    Returns:
        Its value.

    Raises:
        inputs.MissingFile: there is no such file.
        UserError: it cannot be read, or is damaged: what was expected where.
    """
    content = inputs.read_bytes(path, _LIMIT)
    with _named(path, hint):
        return parse(content, schema)


def check(path: str | os.PathLike, value: Any, schema: Any, hint: str = ""):
    """Holds a part of what a file has said to a schema, as `read` does."""
    with _named(path, hint):
        _check(value, schema, "")


def parse(content: str | bytes, schema: Any = ANY) -> Any:
    """The value of a JSON text.

    Args:
        content: the text; bytes as of `inputs.decode`.
        schema: see above.

    Raises:
        Damaged: it is no JSON, nested too deeply, has a name twice, a number
            beyond 64 bits or text that is none, or is not of the schema.
    """
    try:
        text = inputs.decode(content) if isinstance(content, bytes) else content
        value = _DECODER.decode(text)
        if "\\u" in text:  # Else every character is one.
            json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise Damaged("it is nested too deeply") from None
    except UnicodeError as error:
        raise Damaged(f"it is no text in UTF-8: {reason(error)}") from None
    except ValueError as error:
        raise Damaged(reason(error)) from None
    _check_depth(value)
    _check(value, schema, "")
    return value


@contextlib.contextmanager
def _named(path, hint):
    try:
        yield
    except Damaged as error:
        end = f": {hint}" if hint else ""
        raise UserError(f"{path} is damaged ({error}){end}") from None


def _object(pairs):
    found = dict(pairs)
    if len(found) < len(pairs):
        (twice, _), *_ = collections.Counter(n for n, _ in pairs).most_common(1)
        raise Damaged(f"{_shown(twice)} is there twice")
    return found


def _whole(text):
    # Python reads thousands of digits, NumPy and TensorFlow take 64 bits.
    if len(text) > 20 or not -(2**63) <= int(text) < 2**63:
        raise Damaged(f"a number of 64 bits was expected, not {text[:_SHOWN]}")
    return int(text)


def _real(text):
    if math.isinf(number := float(text)):
        raise Damaged(f"a number of 64 bits was expected, not {text[:_SHOWN]}")
    return number


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_whole, parse_float=_real
)


def _check_depth(value):
    level = [value]
    for _ in range(_DEPTH):
        level = [
            item
            for outer in level
            if isinstance(outer, (dict, list))
            for item in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return
    raise Damaged("it is nested too deeply")


def _is_number(value):
    return type(value) in (int, float)


_KINDS = {
    str: ("text", lambda value: isinstance(value, str)),
    int: ("a whole number", lambda value: type(value) is int),
    float: (
        "a number",
        lambda value: _is_number(value) and math.isfinite(value),
    ),
    bool: ("true or false", lambda value: isinstance(value, bool)),
    dict: ("an object", lambda value: isinstance(value, dict)),
    list: ("a list", lambda value: isinstance(value, list)),
    None: ("null", lambda value: value is None),
    COUNT: ("a count", lambda value: type(value) is int and value >= 0),
    NUMBER: ("a number", _is_number),
    ANY: ("", lambda value: True),
}


def _check(value, schema, where):
    if isinstance(schema, tuple):
        if not any(_fits(value, one, where) for one in schema):
            _refuse(value, " or ".join(map(_name, schema)), where)
    elif isinstance(schema, list):
        _check(value, list, where)
        if len(schema) > 1 and not value:
            _refuse(value, "one at least", where)
        for index, item in enumerate(value):
            _check(item, schema[0], f"{where}[{index}]")
    elif isinstance(schema, dict):
        _check(value, dict, where)
        for key, one in schema.items():
            _check_key(value, key, one, f"{where}." if where else "")
    elif not _KINDS[schema][1](value):
        _refuse(value, _name(schema), where)


def _check_key(value, key, schema, where):
    if key is str:
        for name, item in value.items():
            _check(item, schema, where + name)
        return
    name = key.removesuffix("?")
    if name in value:
        _check(value[name], schema, where + name)
    elif name == key:
        raise Damaged(f"{where}{name} is missing")


def _fits(value, schema, where):
    try:
        _check(value, schema, where)
    except Damaged:
        return False
    return True


def _name(schema):
    if isinstance(schema, (dict, list)):
        schema = type(schema)
    return _KINDS[schema][0]


def _refuse(value, expected, where):
    start = f"{where[:_SHOWN]}: " if where else ""
    raise Damaged(f"{start}{expected} was expected. Received: {_shown(value)}")


def _shown(value):
    text = json.dumps(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
