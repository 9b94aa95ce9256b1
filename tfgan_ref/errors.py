"""The one exception that means: the user can mend this."""

import contextlib
import os
import re
import signal
import sys

from tfgan_ref import streams

# Links that stand in for folders -> the folders, see `literal_path`.
ALIASES: dict[str, str] = {}
_TRACEBACK = "TFGAN_REF_TRACEBACK"
# Where TensorFlow says it was, in front of what it says.
_NODE = re.compile(r"^\{\{.*?\}\} ?")


class UserError(ValueError):
    """A wrong flag, path, file or shape.

    The message is one line that says what was wrong, what was expected and
    what was received. The recipes and tools print it without a traceback and
    exit with status 1.
    """


def guard(main, *arguments):
    """Runs a program's main function; whatever goes wrong ends in one line.

    Also what a library raises: with the environment variable
    TFGAN_REF_TRACEBACK it tells where.

    Args:
        main: function.
        *arguments: its arguments.

    Returns:
        What `main` returns, the exit status.

    Raises:
        SystemExit: status 1 on an exception, or where nobody takes what is
            printed; 130 on Ctrl-C; of `main`, as it is.
    """
    streams.prepare()
    try:
        check_utf8(sys.argv[1:])
        status = main(*arguments)
        _flush()
        return status
    except SystemExit:
        _flush()
        raise
    except KeyboardInterrupt:
        _end("interrupted", 128 + signal.SIGINT)
    except UserError as error:
        _end(error)
    except Exception as error:
        _flush()
        if os.environ.get(_TRACEBACK):
            raise
        _end(_describe(error))


def _flush():
    """What is printed goes out, or its loss is the error."""
    if error := streams.flush():
        _end(f"Cannot write to standard output: {reason(error)}")


def _describe(error):
    if isinstance(error, MemoryError):
        return f"Not enough memory. {reason(error)}"
    if isinstance(error, OSError):
        # Without a name it was most likely the output.
        where = error.filename or "standard output, or what else was open"
        return f"{reason(error)}: {where}"
    return (
        f"{type(error).__name__}: {reason(error)} ({_TRACEBACK}=1 tells where)"
    )


def _end(message, status=1):
    streams.flush()
    with contextlib.suppress(OSError):  # Nobody reads it.
        print(f"error: {printable(str(message))}", file=sys.stderr, flush=True)
    sys.exit(status)


def printable(text: str) -> str:
    """The text in one line, whatever would move a terminal's cursor escaped."""
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode()
        for c in text
    )


def check_utf8(names):
    """Raises `UserError` for a name that could be neither printed nor kept."""
    for name in names:
        try:
            name.encode()
        except UnicodeEncodeError:
            raise UserError(
                f"A name in UTF-8 was expected. Received: {name!a}"
            ) from None


def own_names(text: str) -> str:
    """The text with the user's own names of folders for links to them."""
    for link, folder in ALIASES.items():
        text = text.replace(link, folder)
    return text


def reason(error: BaseException) -> str:
    """What the system or TensorFlow says went wrong, in a few words."""
    text = getattr(error, "strerror", None) or str(error).strip()
    text = text or repr(error)
    text = _NODE.sub("", own_names(text))
    if "No space left" in text:
        return "no space left on the device"
    if ": UserError: " in text:  # In a function that TensorFlow calls.
        return text.partition(": UserError: ")[2].splitlines()[0]
    if text.startswith("Graph execution error"):
        # What went wrong stands behind where, and before the node's name.
        return text.partition("\n\t [[")[0].splitlines()[-1]
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    # Of a function that is traced, where comes before what.
    return lines[-1 if text.startswith("in user code:") else 0]
