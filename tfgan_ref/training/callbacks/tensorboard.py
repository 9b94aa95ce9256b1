"""What TensorBoard shows beside curves and samples: what the run is."""

import json

import keras
import tensorflow as tf
from tensorboard.compat.proto import event_pb2
from tensorboard.plugins.hparams import api as hparams
from tensorboard.summary.writer.event_file_writer import EventFileWriter

from tfgan_ref.literal_path import literal


def open_writer(folder, first_step):
    """Returns a writer of a run that starts, or goes on, at a step.

    TensorBoard forgets what an earlier start has written of later steps, which
    will be written again.

    Args:
        folder: `pathlib.Path` of the event files.
        first_step: int, steps made before.

    Returns:
        `tf.summary.SummaryWriter`.
    """
    start = event_pb2.SessionLog(status=event_pb2.SessionLog.START)
    folder.mkdir(parents=True, exist_ok=True)
    log = EventFileWriter(literal(folder))
    log.add_event(event_pb2.Event(session_log=start, step=first_step + 1))
    log.close()
    return tf.summary.create_file_writer(literal(folder))


class DescribeRun(keras.callbacks.Callback):
    """Writes the configuration, the networks and the graph of the step.

    Text: the configuration and both networks' summaries. HParams: every
    setting that is a number, a string or a boolean. Graph: the compiled
    training function, after its first call.

    Args:
        writer: `tf.summary.SummaryWriter`.
        settings: dict of JSON values.
    """

    def __init__(self, writer, settings):
        super().__init__()
        self._writer = writer
        self._settings = settings

    def on_train_begin(self, logs=None):
        """Writes what is known before the first step."""
        gan = self.model
        plain = {
            name: value
            for name, value in self._settings.items()
            if isinstance(value, (bool, int, float, str))
        }
        with self._writer.as_default(int(gan.step.numpy())):
            tf.summary.text(
                "config", _code(json.dumps(self._settings, indent=2))
            )
            for network in gan.networks.values():
                tf.summary.text(
                    f"summary/{network.name}", _code(_summary(network))
                )
            hparams.hparams(plain)
        self._traced = False
        tf.summary.trace_on(graph=True)

    def on_train_batch_end(self, batch, logs=None):
        """Writes the graph that the first call has traced."""
        if self._traced:
            return
        self._traced = True
        with self._writer.as_default(int(self.model.step.numpy())):
            tf.summary.trace_export("train_function")


def _summary(network):
    lines: list[str] = []
    network.summary(print_fn=lines.append, line_length=78)
    return "\n".join(lines)


def _code(text):
    """Markdown of a block in fixed width."""
    return "".join(f"    {line}\n" for line in text.splitlines())
