"""One report of several replicas."""

import numpy as np
import tensorflow as tf

from tfgan_ref import metrics


def report(strategy, values):
    """Of replicas of which each calls `over_replicas` with its own."""

    def replica():
        here = tf.distribute.get_replica_context().replica_id_in_sync_group
        own = tf.nest.map_structure(lambda *each: tf.stack(each)[here], *values)
        return metrics.over_replicas(own)

    traced = tf.function(lambda: strategy.run(replica)).get_concrete_function()
    reduced = [
        op.inputs[0].shape
        for op in traced.graph.get_operations()
        if op.type.startswith("Collective")
    ]
    per_replica = tf.nest.map_structure(
        strategy.experimental_local_results, traced()
    )
    return per_replica, reduced


def test_scalars_become_means_and_vectors_the_batch_in_one_reduction(
    two_replicas,
):
    values = [
        {"b": tf.constant([1.0, 2.0, 3.0]), "a": tf.constant(5.0)},
        {"b": tf.constant([np.nan, -2.0, np.inf]), "a": tf.constant(8.0)},
    ]
    found, reduced = report(two_replicas, values)
    assert list(found) == ["b", "a"]
    for each in range(2):
        # What one replica cannot compute leaves the others' as it is.
        np.testing.assert_array_equal(
            found["b"][each], [1, 2, 3, np.nan, -2, np.inf]
        )
        assert found["a"][each] == 6.5
    assert reduced == [[7], [7]]


def test_one_replica_tells_nobody():
    values = {"a": tf.constant(5.0)}
    strategy = tf.distribute.get_strategy()
    assert strategy.run(lambda: metrics.over_replicas(values)) is values
