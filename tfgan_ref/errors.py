"""The one exception that means: the user can mend this."""


class UserError(ValueError):
    """A wrong flag, path, file or shape.

    The message is one line that says what was wrong, what was expected and
    what was received. The recipes and tools print it without a traceback and
    exit with status 1.
    """
