"""A recipe beside no other.

Recipes have flags of the same names, so that a process can import only one of
them. Here one is imported anew, and then forgotten.
"""

import contextlib
import importlib
import sys

from absl import flags
from absl.testing import flagsaver

# absl tells modules by their id, which another gets once a module is gone.
_FORGOTTEN: list = []


@contextlib.contextmanager
def imported(recipe):
    """The module of that name, for as long as it is needed."""
    state = vars(flags.FLAGS)
    saved = _copy(state)
    modules = _forget_recipes()
    for flag in flags_of_recipes():
        delattr(flags.FLAGS, flag.name)
    try:
        with flagsaver.flagsaver():
            yield importlib.import_module(recipe)
    finally:
        state.update(saved)
        _FORGOTTEN.append(_forget_recipes())
        sys.modules.update(modules)


def _forget_recipes():
    names = [x for x in sys.modules if x.partition(".")[0] == "recipes"]
    return {name: sys.modules.pop(name) for name in names}


def flags_of_recipes():
    by_module = flags.FLAGS.flags_by_module_dict()
    return [
        flag
        for module, own in by_module.items()
        if module.startswith("recipes.")
        for flag in own
    ]


def _copy(value):
    if isinstance(value, dict):
        return {key: _copy(part) for key, part in value.items()}
    return list(value) if isinstance(value, list) else value
