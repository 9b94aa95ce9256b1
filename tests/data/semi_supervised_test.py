import dataclasses
import itertools

import numpy as np
import pytest
import tensorflow as tf

from tfgan_ref.data import semi_supervised
from tfgan_ref.data.images import Images
from tfgan_ref.data.rows import Rows
from tfgan_ref.errors import UserError


def numbered(count, labelled):
    """Image k has the value k all over, and the label 3k + 1 or none."""
    numbers = np.arange(count)
    pixels = np.broadcast_to(numbers[:, None, None, None], [count, 2, 3, 1])
    labels = np.where(np.isin(numbers, list(labelled)), 3 * numbers + 1, -1)
    return Images("numbered", pixels.astype(np.uint8), labels.astype(np.int32))


def take(count, *arguments, **options):
    """The first `count` minibatches, each a tuple of four arrays."""
    stream = semi_supervised.stream(*arguments, **options)
    return list(itertools.islice(stream.as_numpy_iterator(), count))


def numbers_of(batch):
    """Which images of `numbered` a minibatch holds."""
    assert np.ptp(batch, axis=(1, 2, 3)).max() == 0
    numbers = (batch[:, 0, 0, 0].astype(np.float64) + 1) * 127.5
    np.testing.assert_allclose(numbers, numbers.round(), atol=1e-4)
    return numbers.round().astype(int).tolist()


def orders_of(*arguments, **options):
    """Of the labelled images, the images, the others: their numbers."""
    labelled, _, images, others = zip(*take(*arguments, **options), strict=True)
    return [
        list(itertools.chain(*map(numbers_of, batches)))
        for batches in (labelled, images, others)
    ]


def worker(pipelines, index, replicas):
    return tf.distribute.InputContext(
        num_input_pipelines=pipelines,
        input_pipeline_id=index,
        num_replicas_in_sync=replicas,
    )


def assert_one_line(caught, *parts):
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    for part in parts:
        assert str(part) in message


# What a minibatch is.


def test_a_minibatch_is_labelled_images_labels_images_and_others():
    data = numbered(11, labelled=(2, 5, 7))
    ((labelled, labels, images, others),) = take(1, data, 4, seed=0)
    assert labels.dtype == np.int32 and labels.shape == (4,)
    for part in (labelled, images, others):
        assert part.dtype == np.float32
        assert part.shape == (4, 2, 3, 1)


def test_the_sizes_are_known_beforehand():
    data = numbered(11, labelled=(2, 5, 7))
    labelled, labels, images, others = semi_supervised.stream(
        data, 4, seed=0
    ).element_spec
    assert labels.shape == (4,)
    assert labelled.shape == images.shape == others.shape == (4, 2, 3, 1)


def test_bytes_become_their_place_between_minus_one_and_one():
    pixels = np.array([0, 51, 255], np.uint8).reshape(3, 1, 1, 1)
    data = Images("levels", pixels, np.array([0, 1, 2], np.int32))
    ((labelled, labels, images, others),) = take(1, data, 3, seed=0)
    expected = np.array([-1.0, -0.6, 1.0])
    np.testing.assert_allclose(labelled.ravel(), expected[labels], atol=1e-6)
    for part in (images, others):
        np.testing.assert_allclose(np.sort(part.ravel()), expected, atol=1e-6)


def test_labels_go_with_their_images():
    for labelled, labels, _, _ in take(
        9, numbered(11, labelled=(0, 2, 3, 7, 10)), 4, seed=5
    ):
        expected = [3 * number + 1 for number in numbers_of(labelled)]
        assert labels.tolist() == expected


def test_zero_is_a_label():
    pixels = np.zeros([3, 1, 1, 1], np.uint8)
    data = Images("one", pixels, np.array([-1, 0, -1], np.int32))
    ((_, labels, _, _),) = take(1, data, 2, seed=0)
    assert labels.tolist() == [0, 0]


# Order.


def test_labelled_images_are_among_the_others_too_each_once_per_epoch():
    labelled, *unlabelled = orders_of(
        9, numbered(12, labelled=(1, 4, 8, 9, 11)), 4, seed=2
    )
    assert set(labelled) == {1, 4, 8, 9, 11}
    for order in unlabelled:
        for epoch in range(3):
            seen = order[12 * epoch : 12 * (epoch + 1)]
            assert sorted(seen) == list(range(12))


def test_the_three_orders_have_nothing_to_do_with_one_another():
    orders = orders_of(10, numbered(40, labelled=range(40)), 8, seed=0)
    assert len({tuple(order[:40]) for order in orders}) == 3
    for one, other in itertools.combinations(orders, 2):
        # Of 80 places two orders share two, as a rule.
        assert sum(a == b for a, b in zip(one, other, strict=True)) < 12


def test_too_few_labelled_images_are_repeated_equally_often():
    chosen = (3, 6, 7, 9)
    # Minibatches of 10 take 3 of each: an epoch is 12, and 5 of them are 6
    # minibatches.
    labelled, *_ = orders_of(6, numbered(11, chosen), 10, seed=1)
    epochs = np.reshape(labelled, [5, 12])
    for epoch in epochs:
        assert sorted(epoch) == sorted(3 * chosen)
    assert len({tuple(epoch) for epoch in epochs.tolist()}) == 5


@pytest.mark.parametrize("batch_size", [3, 4])
def test_enough_labelled_images_come_once_per_epoch(batch_size):
    chosen = (0, 3, 6, 7)
    labelled, *_ = orders_of(12, numbered(9, chosen), batch_size, seed=1)
    for epoch in np.reshape(labelled, [-1, 4]):
        assert sorted(epoch) == list(chosen)


def test_a_repeated_set_keeps_its_labels_and_leaves_the_given_one_alone():
    data = numbered(5, labelled=(4, 1))
    repeated = semi_supervised.labelled(data, 3)
    assert repeated.images[:, 0, 0, 0].tolist() == [1, 4, 1, 4]
    assert repeated.labels.tolist() == [4, 13, 4, 13]
    assert len(semi_supervised.labelled(data, 2)) == 2
    assert data.labels.tolist() == [-1, 4, -1, -1, 13]


def test_where_all_are_labelled_they_are_the_given_ones():
    data = numbered(4, labelled=range(4))
    assert semi_supervised.labelled(data, 4) is data
    assert len(semi_supervised.labelled(data, 5)) == 8


def test_labelled_images_are_read_when_they_are_asked_for():
    pixels, asked = numbered(9, labelled=(2, 5, 7)), []

    def read(places):
        asked.append(places.tolist())
        return pixels.images[places]

    data = dataclasses.replace(pixels, images=Rows(pixels.images.shape, read))
    few = semi_supervised.labelled(data, 4)
    assert not asked
    assert few.images.shape == (6, *pixels.image_shape)
    assert few.images[[0, 4]][:, 0, 0, 0].tolist() == [2, 5]
    assert asked == [[2, 5]]


def test_equal_seeds_give_equal_streams_and_other_seeds_others():
    data = numbered(30, labelled=range(0, 30, 2))
    orders = [
        tuple(map(tuple, orders_of(6, data, 5, seed=seed)))
        for seed in (0, 0, 1, 2**32 - 1)
    ]
    assert orders[0] == orders[1]
    for parts in zip(*orders[1:], strict=True):
        assert len(set(parts)) == 3


def test_the_global_seed_has_no_part_in_the_order():
    data = numbered(20, labelled=(1, 2, 3))
    tf.random.set_seed(1)
    one = orders_of(6, data, 5, seed=3)
    tf.random.set_seed(2)
    assert orders_of(6, data, 5, seed=3) == one


# 4 labelled images fill minibatches of 3, epochs of 4 and of 10.
@pytest.mark.parametrize("first", [1, 13])
def test_starting_at_a_minibatch_equals_passing_over_those_before(first):
    data = numbered(10, labelled=(0, 2, 5, 9))
    whole = orders_of(18, data, 3, seed=6)
    rest = orders_of(18 - first, data, 3, seed=6, first=first)
    assert rest == [order[3 * first :] for order in whole]


# Several workers and replicas.


@pytest.mark.parametrize(("pipelines", "replicas"), [(1, 2), (2, 4)], ids=str)
def test_replicas_share_out_the_global_minibatch_in_order(pipelines, replicas):
    data = numbered(13, labelled=(1, 2, 5, 8, 12))
    whole = take(4, data, 8, seed=9, first=2)
    local = replicas // pipelines
    shares = [
        take(
            4 * local,
            data,
            8,
            seed=9,
            first=2,
            input_context=worker(pipelines, index, replicas),
        )
        for index in range(pipelines)
    ]
    for step, minibatch in enumerate(whole):
        of_replicas = [
            shares[index][local * step + replica]
            for index in range(pipelines)
            for replica in range(local)
        ]
        for part, pieces in zip(
            minibatch, zip(*of_replicas, strict=True), strict=True
        ):
            assert {len(piece) for piece in pieces} == {8 // replicas}
            np.testing.assert_array_equal(np.concatenate(pieces), part)


def test_a_mirrored_strategy_feeds_the_replicas_from_one_stream(two_replicas):
    data = numbered(10, labelled=(3, 4, 8))
    whole = take(3, data, 6, seed=0)
    distributed = two_replicas.distribute_datasets_from_function(
        lambda context: semi_supervised.stream(
            data, 6, seed=0, input_context=context
        )
    )
    first_three = itertools.islice(distributed, 3)
    for minibatch, shares in zip(whole, first_three, strict=True):
        for part, share in zip(minibatch, shares, strict=True):
            local = two_replicas.experimental_local_results(share)
            assert [len(piece) for piece in local] == [3, 3]
            np.testing.assert_array_equal(np.concatenate(local), part)


# Errors.


def test_a_set_without_labels_is_refused_by_name():
    with pytest.raises(UserError) as caught:
        semi_supervised.stream(numbered(7, labelled=()), 3, seed=0)
    assert_one_line(caught, "numbered", "no labels")


@pytest.mark.parametrize("batch_size", [-2, 0])
def test_a_minibatch_that_cannot_be_filled_is_refused(batch_size):
    with pytest.raises(UserError) as caught:
        semi_supervised.stream(
            numbered(7, labelled=(1, 4, 5)), batch_size, seed=0
        )
    assert_one_line(caught, "batch_size", f"Received: {batch_size}")


def test_a_minibatch_larger_than_the_set_is_refused_with_its_size():
    with pytest.raises(UserError) as caught:
        semi_supervised.stream(numbered(7, labelled=(1, 4, 5)), 8, seed=0)
    assert_one_line(caught, "the data set, 7. Received: 8")


def test_a_minibatch_that_the_replicas_cannot_share_is_refused():
    with pytest.raises(UserError) as caught:
        semi_supervised.stream(
            numbered(20, labelled=(1, 4, 5)),
            10,
            seed=0,
            input_context=worker(2, 1, 4),
        )
    assert_one_line(caught, "4 replicas", "Received: 10")


def test_the_end_of_a_stream_waits_for_no_tuner():
    data = numbered(7, labelled=(2,))
    options = semi_supervised.stream(data, 3, seed=0).options()
    assert options.autotune.enabled is False
