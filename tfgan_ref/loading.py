"""A GAN that was saved with Keras."""

from __future__ import annotations

import pathlib

import keras

import tfgan_ref.registered  # noqa: F401
from tfgan_ref import safe_networks
from tfgan_ref.errors import UserError, reason
from tfgan_ref.gan import GAN


def load(path) -> GAN:
    """Loads what `gan.save("NAME.keras")` wrote, compiled as it was.

        gan = tfgan_ref.load("gan.keras")

    No code of the file is run. A layer, prior or cost of one's own is found
    if its module is imported and registers it with Keras.

    Args:
        path: of the file.

    Raises:
        UserError: it cannot be read, holds no GAN, or names what is neither
            Keras's, nor of this package, nor registered.
    """
    path = pathlib.Path(path).expanduser()
    try:
        safe_networks.check_archive(path)
        gan = keras.saving.load_model(path, safe_mode=True)
    except UserError:
        raise
    except Exception as error:
        # Whatever a file of another version, or of another kind, raises.
        raise UserError(f"Cannot load {path}: {reason(error)}") from None
    if not isinstance(gan, GAN):
        raise UserError(
            f"{path} must hold a GAN. Received: {type(gan).__name__}"
        )
    return gan
