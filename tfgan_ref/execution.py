"""An execution: the steps that one call of the compiled function makes."""

import tensorflow as tf

from tfgan_ref import gradients


def steps_of(model, one_step, minibatches, means, last):
    """The function of an execution.

    Args:
        model: compiled `DistributedModel`.
        one_step: function (minibatches, asked) -> metrics.
        minibatches: int, how many a step takes.
        means: `metrics.Means`, to which each step adds its scalars.
        last: namespace, whose `graph` becomes that of a step.

    Returns:
        Function of an iterator, and of whether the last step's norms are asked
        for, bool scalar -> that step's metrics.
    """
    one_step = tf.autograph.experimental.do_not_convert(one_step)
    if not model.run_eagerly:
        # Inlined, it would begin before its data are there, and where the
        # data end it would have moved what does not depend on them.
        one_step = tf.function(
            one_step,
            jit_compile=model.jit_compile,
            experimental_attributes={"_noinline": True},
        )

    def next_step(iterator, asked):
        given = [iterator.get_next() for _ in range(minibatches)]
        logs = one_step(given, asked)
        if not model.run_eagerly:
            last.graph = one_step.get_concrete_function(given, asked).graph
        means.add(scalars(logs), _examples(model, given[-1]))
        return logs

    def steps(iterator, asked):
        is_last = model.steps_per_execution == 1
        logs = next_step(iterator, asked if is_last else tf.constant(False))

        def another(left, _):
            return left - 1, next_step(iterator, asked & (left == 1))

        # A loop that is never run would be built all the same.
        if model.steps_per_execution > 1:
            _, logs = tf.while_loop(
                lambda left, _: left > 0,
                another,
                [model.steps_per_execution - 1, logs],
            )
        return logs

    # AutoGraph would make another exception of a `UserError`.
    return steps if model.run_eagerly else tf.function(steps, autograph=False)


def _examples(model, minibatch):
    """How many a replica has of a minibatch; all have as many."""
    first = tf.nest.flatten(minibatch)[0]
    (local, *_) = model.distribute_strategy.experimental_local_results(first)
    return tf.shape(local)[0]


def scalars(logs):
    """What every step has as a number: logits are vectors, norms are rare."""
    return {
        name: value
        for name, value in logs.items()
        if not value.shape.rank and not gradients.is_norm(name)
    }
