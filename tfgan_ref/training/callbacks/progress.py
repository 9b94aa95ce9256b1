"""The progress bar."""

import contextlib
import sys

import tqdm

from tfgan_ref.training.callbacks.stepwise import Stepwise

_LOSSES = {"G": "loss/generator", "D": "loss/discriminator"}


class ProgressBar(Stepwise):
    """Shows step, losses, images per second and the time left.

    On a terminal it is redrawn in place; into a file it goes twice a minute.

    Args:
        train_steps: int, the last step of the run.
        images_per_step: int, real images that a step consumes.
        every: int >= 1, steps between two looks at the losses.
    """

    def __init__(self, train_steps, images_per_step, every=1):
        super().__init__()
        self._every = every
        self._losses = ""
        self._train_steps = train_steps
        self._images_per_step = images_per_step
        self._bar = tqdm.tqdm(disable=True)  # Until it begins.

    def on_train_begin(self, logs=None):
        """Draws the empty bar."""
        super().on_train_begin(logs)
        self._bar = tqdm.tqdm(
            total=self._train_steps,
            initial=self.step,
            mininterval=0.2 if sys.stderr.isatty() else 30.0,
            maxinterval=60.0,
            unit="step",
            dynamic_ncols=True,
            file=_Stderr(),
        )

    def on_train_batch_end(self, batch, logs=None):
        """Moves the bar."""
        super().on_train_batch_end(batch, logs)
        steps = self.step - self._bar.initial
        rate = steps * self._images_per_step / self._bar.format_dict["elapsed"]
        if self.step % self._every == 0:
            self._losses = "".join(
                f"{letter} {float(logs[name]):.3f} "
                for letter, name in _LOSSES.items()
                if name in logs
            )
        self._bar.set_postfix_str(
            f"{self._losses}{rate:.0f} images/s", refresh=False
        )
        self._bar.update(self.step - self._bar.n)

    def close(self):
        """Leaves the bar as it is; what is printed next has its own line."""
        self._bar.close()


class _Stderr:
    """Standard error, but no end of the run if nobody reads it any more.

    An error inside of tqdm would also leave its lock taken, and the process
    would not end.
    """

    def __getattr__(self, name):
        return getattr(sys.stderr, name)

    def write(self, text):
        with contextlib.suppress(OSError):
            sys.stderr.write(text)

    def flush(self):
        with contextlib.suppress(OSError):
            sys.stderr.flush()
