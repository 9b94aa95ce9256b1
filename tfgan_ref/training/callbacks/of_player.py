"""A Keras callback that needs one optimizer and loss, for a turn of a GAN."""

from __future__ import annotations

import contextlib

import keras

from tfgan_ref.errors import UserError


class OfPlayer(keras.callbacks.Callback):
    """Runs a callback as if the model had one turn's optimizer and `loss`.

        gan.fit(
            images,
            callbacks=[OfPlayer("generator", LearningRateScheduler(halved))],
        )

    Args:
        turn: name of the turn, such as "generator".
        callback: `keras.callbacks.Callback`.

    Raises:
        UserError: when training begins, if the GAN has no such turn.
    """

    def __init__(self, turn: str, callback: keras.callbacks.Callback):
        super().__init__()
        self.turn = turn
        self.callback = callback

    def set_params(self, params):
        """As of Keras."""
        super().set_params(params)
        self.callback.set_params(params)

    def set_model(self, model):
        """Gives the callback the model with the turn's optimizer."""
        super().set_model(model)
        turns = [turn.name for turn in model.turns()]
        if self.turn not in turns:
            raise UserError(
                f"A turn of {model.name} is one of {', '.join(turns)}. "
                f"Received: {self.turn}"
            )
        optimizer = getattr(model, f"{self.turn}_optimizer")
        self.callback.set_model(_WithOptimizer(model, optimizer))

    @contextlib.contextmanager
    def _with_loss(self, logs):
        """Logs that have the turn's loss by the name of a model's."""
        loss = f"loss/{self.turn}"
        if not isinstance(logs, dict) or loss not in logs:
            yield
            return
        logs["loss"] = logs[loss]
        try:
            yield
        finally:
            del logs["loss"]


class _WithOptimizer:
    """A model, but for its optimizer."""

    def __init__(self, model, optimizer):
        self.__dict__.update(_model=model, optimizer=optimizer)

    def __getattr__(self, name):
        return getattr(self._model, name)

    def __setattr__(self, name, value):
        setattr(self._model, name, value)


def _passed_on(name):
    def hook(self, *args, **kwargs):
        # Of Keras's hooks the logs are last.
        logs = [*args, *kwargs.values()][-1] if args or kwargs else None
        with self._with_loss(logs):
            getattr(self.callback, name)(*args, **kwargs)

    hook.__name__ = name
    hook.__doc__ = "As of the callback."
    return hook


for _name in dir(keras.callbacks.Callback):
    if _name.startswith("on_"):
        setattr(OfPlayer, _name, _passed_on(_name))
