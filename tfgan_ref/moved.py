"""Old names of modules that have moved, for programs of before.

`import tfgan_ref.workdir` gives `tfgan_ref.training.workdir`, the same module.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import sys

# Old name, without the package's -> new name. What is in a folder of that name
# has moved with it.
MOVED = {
    "autotune": "training.autotune",
    "callbacks": "training.callbacks",
    "checkpoints": "training.checkpoints",
    "cost": "flop",
    "data.data": "data.protocol",
    "evaluation.evaluation": "evaluation.result",
    "export": "serving.export",
    "models.critic_schedule": "models.wgan",
    "models.wasserstein": "models.wgan",
    "networks": "training.networks",
    "records": "training.records",
    "safe_saved_model": "serving.safe_saved_model",
    "served": "serving.served",
    "unrolling": "models.unrolled",
    "warmup": "serving.warmup",
    "workdir": "training.workdir",
}


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the old names.

    It is asked first: of a folder that has moved, Python would itself find the
    modules, and load each a second time.
    """

    def find_spec(self, fullname, path=None, target=None):
        """The module of an old name, None of any other."""
        package, _, name = fullname.partition(".")
        if package != __package__ or _new(name) is None:
            return None
        return importlib.machinery.ModuleSpec(fullname, self)

    def create_module(self, spec):
        """The module where it is now."""
        name = spec.name.partition(".")[2]
        module = importlib.import_module(f"{__package__}.{_new(name)}")
        # Importing gives a module the attributes of the name it was asked by.
        spec.loader_state = module.__spec__, module.__loader__
        return module

    def exec_module(self, module):
        """Nothing: it was imported under its new name."""
        spec = module.__spec__
        module.__spec__, module.__loader__ = spec.loader_state


def _new(name):
    for old, new in MOVED.items():
        if name == old or name.startswith(f"{old}."):
            return new + name[len(old) :]
    return None


def install() -> None:
    """Makes the old names importable."""
    sys.meta_path.insert(0, _Finder())
