"""Large images made of small ones, beside bicubic ones and the originals."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from tfgan_ref.evaluation.encoding import served
from tfgan_ref.evaluation.result import Evaluation
from tfgan_ref.evaluation.sharpness import gradient_magnitude
from tfgan_ref.pictures import table, to_uint8

_TESTED = 1000
# Of an image that is right to half a level of 255, in dB; of one that is exact
# it would have no end, and with it the mean.
_HIGHEST = 20.0 * np.log10(2 * 255)
_SHOWN = 8


class SuperResolution:
    """How near images made of small ones are to originals, and how sharp.

    `eval/super_resolution/psnr` in dB, at most 54.2 of each image, `.../ssim`,
    and `.../sharpness`, the mean length of the gradient over that of the
    originals; each beside that of bicubic interpolation, `.../bicubic`. Means
    over images.

    The picture `super_resolution` has an image in each row: small, bicubic, of
    the generator, original.

    Args:
        images: uint8 `[count, height, width, channels]`, the originals, of
            which the first 1,000 are looked at.
        small: function of images float in [0, 1] -> small ones.
    """

    def __init__(self, images, small):
        self._originals = np.asarray(images[:_TESTED], np.float32) / 255.0
        self._small = to_uint8(2.0 * np.asarray(small(self._originals)) - 1.0)
        size = self._originals.shape[1:3]
        enlarged = tf.image.resize(self._small / 255.0, size, "bicubic")
        self._bicubic = np.clip(enlarged, 0.0, 1.0).astype(np.float32)
        self._of_bicubic = self._measured(self._bicubic)

    def __call__(self, gan) -> Evaluation:
        """Evaluates a `GAN` that serves `upscale`."""
        made = served(gan, "upscale", images=self._small)["images"]
        scalars = {}
        for name, value in self._measured(made).items():
            scalars[f"eval/super_resolution/{name}"] = value
            beside = f"eval/super_resolution/{name}/bicubic"
            scalars[beside] = self._of_bicubic[name]
        return Evaluation(scalars, {"super_resolution": self._picture(made)})

    def _measured(self, made):
        pair = made, self._originals
        return {
            "psnr": float(
                np.mean(np.minimum(tf.image.psnr(*pair, 1.0), _HIGHEST))
            ),
            "ssim": float(np.mean(tf.image.ssim(*pair, max_val=1.0))),
            "sharpness": gradient_magnitude(made)
            / gradient_magnitude(self._originals),
        }

    def _picture(self, made):
        factor = made.shape[1] // self._small.shape[1]
        small = self._small[:_SHOWN] / 255.0
        columns = [small.repeat(factor, 1).repeat(factor, 2)]
        columns += [
            images[:_SHOWN] for images in (self._bicubic, made, self._originals)
        ]
        return table(to_uint8(2.0 * np.stack(columns, 1) - 1.0))
