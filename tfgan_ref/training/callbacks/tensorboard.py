"""What TensorBoard shows beside curves and samples: what the run is."""

import json
import re

import keras
import tensorflow as tf
from tensorboard.compat.proto import event_pb2
from tensorboard.summary.writer.event_file_writer import EventFileWriter

from tfgan_ref.literal_path import literal
from tfgan_ref.training.callbacks import hyperparameters
from tfgan_ref.training.callbacks.tags import describe

_FIRST = re.compile(r"tfevents\.\d+\.")


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
    before = set(folder.iterdir())
    log = EventFileWriter(literal(folder))
    log.add_event(event_pb2.Event(session_log=start, step=first_step + 1))
    log.close()
    # Files are read in the order of their names: the second, the host, the
    # process and how many it has written, where 10 is before 9.
    for path in set(folder.iterdir()) - before:
        path.rename(path.with_name(_FIRST.sub(r"\g<0>0.", path.name)))
    return tf.summary.create_file_writer(literal(folder))


class DescribeRun(keras.callbacks.Callback):
    """Writes the configuration, the networks and the graph of the step.

    Text: the configuration and all networks' summaries. HParams: see
    `hyperparameters`. Graph: that of a training step, after the first call.

    Args:
        writer: `tf.summary.SummaryWriter`.
        settings: dict of JSON values.
        end: int, the last step of the run; None: unknown.
    """

    def __init__(self, writer, settings, end=None):
        super().__init__()
        self._writer = writer
        self._settings = settings
        self._end = end

    def on_train_begin(self, logs=None):
        """Writes what is known before the first step."""
        gan = self.model
        texts = {"config": json.dumps(self._settings, indent=2)} | {
            f"summary/{network.name}": _summary(network)
            for network in gan.networks.values()
        }
        with self._writer.as_default(int(gan.step.numpy())):
            for tag, text in texts.items():
                tf.summary.text(tag, _code(text), description=describe(tag))
            hyperparameters.write_start(self._settings)
        self._has_graph = False

    def on_train_batch_end(self, batch, logs=None):
        """Writes the graph that the first call has traced."""
        graph = self.model.step_graph
        if self._has_graph or graph is None:
            return
        self._has_graph = True
        # tf.summary.trace_export would write all functions of this process.
        with self._writer.as_default():
            tf.summary.graph(graph)

    def on_train_end(self, logs=None):
        """Writes that all steps were made, if so."""
        if int(self.model.step.numpy()) == self._end:
            with self._writer.as_default():
                hyperparameters.write_end()


def _summary(network):
    lines: list[str] = []
    network.summary(print_fn=lines.append, line_length=78)
    return "\n".join(lines)


def _code(text):
    """Markdown of a block in fixed width."""
    return "".join(f"    {line}\n" for line in text.splitlines())
