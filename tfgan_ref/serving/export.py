"""SavedModels for TensorFlow Serving, and for whoever has TensorFlow alone."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import pathlib
import shutil
import tempfile

import tensorflow as tf

from tfgan_ref.errors import UserError, reason
from tfgan_ref.gan import GAN
from tfgan_ref.literal_path import literal
from tfgan_ref.serving import served, warmup
from tfgan_ref.serving.served import inputs_of

# Folder of what servers leave alone, and in it:
EXTRA = "assets.extra"
MODEL_CARD = "model_card.json"
# A number alone is a version to TensorFlow Serving: this is none.
_UNFINISHED = ".unfinished-"


def export_gan(
    gan: GAN,
    folder: pathlib.Path,
    version: int,
    *,
    class_names: tuple[str, ...] = (),
    card: dict[str, object] | None = None,
) -> pathlib.Path:
    """Writes what a GAN serves as SavedModel `folder/<version>`.

    Its `endpoints` are the signatures. Every weight is there once. The names of
    the classes are the asset `labels.txt`, the model card is
    `assets.extra/model_card.json`, and with the extra `serving` there are
    requests to warm a server up.

    Args:
        gan: `GAN` of images.
        folder: TensorFlow Serving's base path.
        version: int >= 0, a version that is not there yet. Of several
            processes that write it, one does.
        class_names: of the classes, if any.
        card: JSON values that the model card tells beside the signatures.

    Returns:
        The SavedModel's folder.

    Raises:
        UserError: the version is there already, or cannot be written; the GAN
            makes no images.
    """
    target = folder / str(version)
    try:
        _check_free(target)
        signatures = served.signatures(gan)
        with _scratch(folder) as scratch:
            model = pathlib.Path(literal(scratch)) / "model"
            module = tf.Module()
            # Tracked here and nowhere else, every weight is stored once.
            module.weights, counts = _variables(gan, signatures)
            if class_names:
                labels = model.with_name("labels.txt")
                labels.write_text("\n".join(class_names) + "\n")
                module.labels = tf.saved_model.Asset(str(labels))
            tf.saved_model.save(module, str(model), signatures)
            extra = model / EXTRA
            extra.mkdir()
            content = (card or {}) | {"weights": counts}
            content |= describe(gan, signatures)
            (extra / MODEL_CARD).write_text(
                json.dumps(content, indent=2) + "\n"
            )
            warmup.write(extra, signatures, gan.words)
            _rename(model, target)
    except (OSError, tf.errors.OpError) as error:
        raise UserError(f"Cannot write {target}: {reason(error)}") from None
    return target


def _variables(gan, signatures):
    """What the functions read, each once, and how much of it is whose.

    Returns:
        The variables, and network -> how many of the next are its weights, in
        the network's order.
    """
    read = {
        _identity(variable): variable
        for function in signatures.values()
        for variable in function.variables
    }
    ordered: dict[int, tf.Variable] = {}
    counts = {}
    for name in gan.networks:
        weights = gan.trained(name).weights
        own = [_identity(weight.value) for weight in weights]
        if own and read.keys() >= {*own}:
            ordered |= {key: read[key] for key in own}
            counts[name] = len(own)
    return list((ordered | read).values()), counts


def _identity(variable):
    """One number for all copies of a variable on replicas."""
    return id(getattr(variable, "values", [variable])[0])


def is_finished(folder: pathlib.Path) -> bool:
    """Whether a version's folder is a SavedModel, and not begun or empty."""
    return (folder / "saved_model.pb").exists()


def _check_free(target):
    """An empty folder is free as well: nothing is lost with it."""
    if is_finished(target):
        raise UserError(f"{target} is there already")
    if target.is_dir() and not any(target.iterdir()):
        return
    if target.exists():
        raise UserError(
            f"{target} is there already, but is no finished export (it has no "
            "saved_model.pb): move it out of the way"
        )


@contextlib.contextmanager
def _scratch(folder):
    """A new folder in `folder` that is no version to TensorFlow Serving.

    While there is one, its process shares a lock of `folder`. Who gets that
    lock alone knows that what is there is of processes that were killed.
    """
    with contextlib.suppress(FileExistsError):
        folder.mkdir(parents=True)
    lock = os.open(folder, os.O_RDONLY)
    try:
        # Where there are no locks, what is left stays.
        with contextlib.suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for left in folder.glob(f"{_UNFINISHED}*"):
                shutil.rmtree(left, ignore_errors=True)
        with contextlib.suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_SH)
        with tempfile.TemporaryDirectory(prefix=_UNFINISHED, dir=folder) as new:
            yield new
    finally:
        os.close(lock)


def _rename(model, target):
    """Of several processes one is the first."""
    try:
        model.rename(target)
    except OSError as error:
        if error.errno in (errno.EEXIST, errno.ENOTEMPTY):
            raise UserError(f"{target} is there already") from None
        raise


def describe(gan: GAN, signatures) -> dict[str, object]:
    """What a model card says of the functions, JSON values.

    Args:
        gan: whose they are.
        signatures: name -> concrete function.
    """
    described = {
        name: {
            "inputs": _describe(inputs_of(function)),
            "outputs": _describe(function.structured_outputs),
        }
        for name, function in signatures.items()
    }
    classes = {"classes": gan.classes} if gan.classes else {}
    words = {"words": list(gan.words)} if gan.words else {}
    return {"signatures": described, "images": "[0, 1]"} | classes | words


def _describe(specs):
    return {
        name: {"dtype": spec.dtype.name, "shape": [None, *spec.shape[1:]]}
        for name, spec in specs.items()
    }
