"""What a GAN refuses, in one line, rather than to do it wrong in silence."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from tfgan_ref import optimizer_checks
from tfgan_ref.errors import UserError

# Of Keras's layers, which draw nothing where they are 0.
_SHARES = ("rate", "stddev", "dropout", "recurrent_dropout")


def positive(**numbers):
    """Raises `UserError` where one of them is below 1."""
    for name, value in numbers.items():
        if not isinstance(value, int | float | np.number) or value < 1:
            raise UserError(f"`{name}` must be positive. Received: {value}")


def at_least(least, **numbers):
    """Raises `UserError` where one of them is less."""
    for name, value in numbers.items():
        if value < least:
            raise UserError(
                f"`{name}` must be at least {least}. Received: {value}"
            )


def functions(**given):
    """Raises `UserError` where one of them is neither None nor a function."""
    for name, value in given.items():
        if value is not None and not callable(value):
            raise UserError(
                f"`{name}` must be a function of logits. Received: {value!r}"
            )


def players(gan, given, averages):
    """Checks which networks a game was given.

    Args:
        gan: whose `network_names` are known.
        given: name -> `keras.Model`.
        averages: name -> decay.

    Raises:
        UserError: a network is missing or none of the game's, a decay is of
            none of them, or two of them share a variable.
    """
    for names_given in (given.keys(), averages.keys() | given.keys()):
        if names_given != set(gan.network_names):
            raise UserError(
                f"{type(gan).__name__} has the networks "
                f"{', '.join(gan.network_names)}. "
                f"Received: {', '.join(names_given)}"
            )
    owners: dict[int, str] = {}
    for name, network in given.items():
        if not isinstance(network, keras.Model):
            raise UserError(
                f"The {name} must be a keras.Model. Received: {network}"
            )
        for variable in network.variables:
            if owners.setdefault(id(variable), name) != name:
                raise UserError(
                    "Networks must share no variable: networks of one trunk "
                    "are one, with several outputs. Received: "
                    f"{variable.path} in {owners[id(variable)]} and {name}"
                )


def names(gan, optimizers):
    """Checks which optimizers `GAN.compile` was given.

    Args:
        gan: whose turns are known.
        optimizers: name of the argument -> what was given.

    Raises:
        UserError: a turn is without one, or one without a turn.
    """
    if optimizers.keys() != gan.optimizer_names:
        expected = {f"{turn.name}_optimizer" for turn in gan.turns()}
        raise UserError(
            f"`compile` expects {', '.join(sorted(expected))}. "
            f"Received: {', '.join(sorted(optimizers))}"
        )


def compilation(gan, optimizers, simultaneous, jit_compile):
    """Checks what `GAN.compile` was given.

    Args:
        gan: whose turns are known.
        optimizers: `<turn>_optimizer` -> optimizer.
        simultaneous: bool.
        jit_compile: bool.

    Raises:
        UserError: one optimizer for two turns, steps of a discriminator that
            has no turn, several repeats in a simultaneous step, XLA or what
            Keras does wrong on several replicas, float16.
    """
    replicas = gan.replicas
    optimizer_checks.of_one_turn_each(optimizers)
    if gan.discriminator_steps not in (1, gan.turns()[0].repeats):
        raise UserError(
            "`discriminator_steps`: in this game no discriminator moves. "
            f"Received: {gan.discriminator_steps}"
        )
    for turn in gan.turns()[1:]:
        if simultaneous and turn.repeats > 1:
            raise UserError(
                f"Of {turn.repeats} updates of the {turn.name} in a step none "
                "can be simultaneous. Received: simultaneous=True"
            )
    if jit_compile and replicas > 1:
        raise UserError(
            "`jit_compile` works with one device. "
            f"Received: jit_compile=True on {replicas} replicas"
        )
    for name, optimizer in optimizers.items():
        optimizer_checks.check(name, optimizer, replicas)
    for network in gan.networks.values():
        _check_built(network)
        _check_layers(network, replicas)


def _check_built(network):
    if not network.weights and getattr(network, "inputs", None) is None:
        raise UserError(
            "A network has no weights before it knows its input: give it a "
            "`keras.Input`, or call it once on an example. Received: "
            f"{network.name}"
        )


def _check_layers(network, replicas):
    for layer in network._flatten_layers():
        if getattr(layer, "compute_dtype", None) == "float16":
            raise UserError(
                f"float16 needs scaled losses; mixed_bfloat16 does not. "
                f"Received: float16 in {layer.name} of {network.name}"
            )
        if replicas == 1:
            continue
        if isinstance(layer, layers.BatchNormalization):
            # One that nothing trains has statistics of before.
            if layer.trainable and not layer.synchronized:
                raise UserError(
                    "Batch normalisation on several replicas must be "
                    "synchronized=True. Received: synchronized=False in "
                    f"{layer.name} of {network.name}"
                )
        elif _draws_alike(layer):
            raise UserError(
                f"Keras's {type(layer).__name__} draws the same on all "
                "replicas; tfgan_ref.layers.noise has one that does not. "
                f"Received: {layer.name} of {network.name} on {replicas} "
                "replicas"
            )


def _draws_alike(layer):
    """Whether it is a layer of Keras that draws from a state of its own."""
    shares = [getattr(layer, name) for name in _SHARES if hasattr(layer, name)]
    return (not shares or any(shares)) and any(_generators(layer))


def states_of_draws(network):
    """Of Keras's layers that draw from a state of their own: its variables.

    Keras lists them among a network's variables, and TensorFlow's checkpoints
    do not.

    Args:
        network: `keras.Model`.
    """
    return [
        generator.state.value
        for layer in network._flatten_layers()
        for generator in _generators(layer)
    ]


def _generators(layer):
    return [
        part
        for part in vars(layer).values()
        if isinstance(part, keras.random.SeedGenerator)
    ]


def examples_alone(network, why):
    """Refuses layers by which examples of a minibatch change one another.

    Args:
        network: `keras.Model`.
        why: what they would make wrong, as the message says it.

    Raises:
        UserError: it has batch normalisation that is trained.
    """
    for layer in network._flatten_layers():
        if isinstance(layer, layers.BatchNormalization) and layer.trainable:
            raise UserError(
                f"{why}: no batch normalisation was expected in "
                f"{network.name}. Received: {layer.name}"
            )


def losses_of_replicas(network, replicas):
    """Refuses layers' losses where replicas take turns within a pass.

    Batch normalisation over all replicas lets the next one in, and a layer has
    one list of losses, which that one begins anew.

    Args:
        network: `keras.Model` whose layers have added losses.
        replicas: int > 1.

    Raises:
        UserError: it has such a batch normalisation.
    """
    if any(
        isinstance(layer, layers.BatchNormalization)
        for layer in network._flatten_layers()
    ):
        raise UserError(
            "Losses that layers add and batch normalisation do not go together "
            f"on several replicas. Received: both in {network.name} on "
            f"{replicas} replicas"
        )


def networks(gan):
    """Checks that generator and discriminator fit together.

    Args:
        gan: a plain GAN, whose discriminator gives one logit per example.

    Raises:
        UserError: other logits than `[batch]` or `[batch, 1]`, probabilities,
            or examples of another shape than the discriminator takes.
    """
    _check_examples(gan)
    logits = _shape(getattr(gan.discriminator, "output_shape", None))
    if logits is not None and logits[1:] not in ((), (1,)):
        raise UserError(
            "A discriminator that gives one logit per example, `[batch]`, was "
            f"expected. Received: output_shape={logits}"
        )
    if _ends_in_sigmoid(gan.discriminator):
        raise UserError(
            "A discriminator that gives logits was expected: the costs apply "
            "the sigmoid. Received: one that ends in a sigmoid"
        )


def _check_examples(gan):
    made = _shape(getattr(gan.generator, "output_shape", None))
    taken = _shape(getattr(gan.discriminator, "input_shape", None))
    if made and taken and not _compatible(made, taken):
        raise UserError(
            "The discriminator must take what the generator makes. Received: "
            f"a generator of {made} and a discriminator of {taken}"
        )


def classifier(gan):
    """Checks that a discriminator gives class logits.

    Args:
        gan: whose discriminator is a classifier.

    Raises:
        UserError: other outputs than `[batch, classes]`, or examples of
            another shape than the discriminator takes.
    """
    _check_examples(gan)
    logits = _shape(getattr(gan.discriminator, "output_shape", None))
    if logits is not None and len(logits) != 2:
        raise UserError(
            "A discriminator that gives class logits `[batch, classes]` was "
            f"expected. Received: output_shape={logits}"
        )


def exist(numbers, count, what="class"):
    """Ends the call, in a graph as well, where a class does not exist.

    Args:
        numbers: int tensor of any shape.
        count: int, how many classes there are.
        what: word for one of them.
    """
    low, high = tf.reduce_min(numbers), tf.reduce_max(numbers)
    expected = f"A {what} of 0 to {count - 1} was expected. Received:"
    tf.debugging.Assert((low >= 0) & (high < count), [expected, low, high])


def one_hot(rows, what="Categories"):
    """Ends the call, in a graph as well, where rows are not one-hot.

    Args:
        rows: float32 `[batch, n]`.
        what: word for several of them.
    """
    wanted = tf.one_hot(tf.argmax(rows, -1), rows.shape[-1])
    expected = f"{what} as one-hot rows were expected. Received:"
    tf.debugging.Assert(tf.reduce_all(rows == wanted), [expected, rows])


def in_turn(whose, simultaneous):
    """Raises `UserError` for simultaneous updates in a game without them."""
    if simultaneous:
        raise UserError(
            f"{whose} and the generator's updates are in turn. "
            "Received: simultaneous=True"
        )


def no_costs(gan, given, *names):
    """Raises `UserError` for costs that the game would not play.

    Args:
        gan: the game.
        given: arguments of `compile`.
        *names: of those among them that the game has itself.
    """
    for name in names:
        if given.get(name) is not None:
            raise UserError(
                f"{type(gan).__name__} has a cost of its own. "
                f"Received: {name}={given[name]}"
            )


def _shape(shape):
    return shape if isinstance(shape, tuple) else None


def _compatible(made, taken):
    return len(made) == len(taken) and all(
        a is None or b is None or a == b
        for a, b in zip(made, taken, strict=True)
    )


def _ends_in_sigmoid(network):
    last = next(
        (
            layer
            for layer in reversed(network.layers)
            if not isinstance(layer, (layers.Reshape, layers.Flatten))
        ),
        None,
    )
    return getattr(last, "activation", None) is keras.activations.sigmoid
