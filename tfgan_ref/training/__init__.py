"""One run: its loop, its files, what happens between steps."""

__all__ = ["Config", "Result", "check", "train"]


def __getattr__(name):
    """The names of `run`, which needs TensorFlow; its neighbours do not."""
    if name not in __all__:
        raise AttributeError(f"module {__name__} has no attribute {name}")
    from tfgan_ref.training import run

    return getattr(run, name)
