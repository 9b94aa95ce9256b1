"""The one exception that means: the user can mend this."""

import signal
import sys

# Links that stand in for folders -> the folders, see `literal_path`.
ALIASES: dict[str, str] = {}


class UserError(ValueError):
    """A wrong flag, path, file or shape.

    The message is one line that says what was wrong, what was expected and
    what was received. The recipes and tools print it without a traceback and
    exit with status 1.
    """


def guard(main, *arguments):
    """Runs a program's main function; mistakes and Ctrl-C end in one line.

    Args:
        main: function.
        *arguments: its arguments.

    Returns:
        What `main` returns, the exit status.

    Raises:
        SystemExit: status 1 on a `UserError`, which an argument that is no
            UTF-8 is as well, 130 on Ctrl-C.
    """
    try:
        check_utf8(sys.argv[1:])
        return main(*arguments)
    except UserError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        print("error: interrupted", file=sys.stderr)
        sys.exit(128 + signal.SIGINT)


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


def reason(error: Exception) -> str:
    """What the system or TensorFlow says went wrong, in a few words."""
    text = getattr(error, "strerror", None) or str(error) or repr(error)
    text = own_names(text)
    if "No space left" in text:
        return "no space left on the device"
    if ": UserError: " in text:  # In a function that TensorFlow calls.
        return text.partition(": UserError: ")[2].splitlines()[0]
    if text.startswith("Graph execution error"):
        # What went wrong stands behind where, and before the node's name.
        return text.partition("\n\t [[")[0].splitlines()[-1]
    return text.splitlines()[0]
