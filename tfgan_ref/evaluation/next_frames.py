"""Next frames beside all that there can be, and beside their average."""

from __future__ import annotations

import numpy as np

from tfgan_ref.data.moving import Clips
from tfgan_ref.evaluation.encoding import served
from tfgan_ref.evaluation.result import Evaluation
from tfgan_ref.pictures import table, to_uint8

_SHOWN = 8


class NextFrames:
    """How near a game's next frames are to what is possible.

    Pixels are in [0, 1], and distances Euclidean, means over clips:

    - `eval/next_frame/distance/average`, of the output to the average of the
      possible next frames, which has the least squared error;
    - `.../distance/nearest`, to the nearest of them, beside
      `.../distance/average_to_nearest`, which the average itself has;
    - `eval/next_frame/share_nearest`, how many outputs are nearer to one of
      them than to the average;
    - `eval/next_frame/squared_error`, the mean over pixels, beside the least
      there is, `.../least`.

    The picture `next_frames` has a clip in each row: the frames, the output,
    the average, and the frame that there is.

    Args:
        clips: `data.moving.Clips`.
    """

    def __init__(self, clips: Clips):
        frames, continuations, self._following = (
            0.5 * np.asarray(part) + 0.5 for part in clips
        )
        self._frames = frames
        self._possible = np.moveaxis(continuations, -1, 0)[..., None]
        self._average = self._possible.mean(0)

    def __call__(self, gan) -> Evaluation:
        """Evaluates a `GAN` that serves `next_frame`."""
        made = served(gan, "next_frame", frames=self._frames)["images"]
        to_average = _distances(made, self._average)
        to_nearest = _distances(made, self._possible).min(0)
        of_average = _distances(self._average, self._possible).min(0)
        scalars = {
            "distance/average": to_average.mean(),
            "distance/nearest": to_nearest.mean(),
            "distance/average_to_nearest": of_average.mean(),
            "share_nearest": np.mean(to_nearest < to_average),
            "squared_error": np.mean((made - self._possible) ** 2),
            "squared_error/least": np.mean(
                (self._average - self._possible) ** 2
            ),
        }
        return Evaluation(
            {f"eval/next_frame/{k}": float(v) for k, v in scalars.items()},
            {"next_frames": self._picture(made)},
        )

    def _picture(self, made):
        columns = [*np.moveaxis(self._frames, -1, 0)[..., None]]
        columns += [made, self._average, self._following]
        cells = np.stack([column[:_SHOWN] for column in columns], 1)
        return table(to_uint8(2.0 * cells - 1.0))


def _distances(a, b):
    """Euclidean, of images `[..., height, width, channels]`."""
    return np.sqrt(np.sum((a - b) ** 2, (-3, -2, -1)))
