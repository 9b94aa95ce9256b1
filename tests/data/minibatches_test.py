import dataclasses
import itertools

import numpy as np
import pytest
import tensorflow as tf

from tfgan_ref import errors
from tfgan_ref.data import minibatches
from tfgan_ref.data.images import Images
from tfgan_ref.data.rows import Rows
from tfgan_ref.errors import UserError


def numbered(count):
    """Image k has the value k all over and the label 3k + 1."""
    numbers = np.arange(count)
    pixels = np.broadcast_to(numbers[:, None, None, None], [count, 2, 3, 1])
    return Images("numbered", pixels.astype(np.uint8), 3 * numbers + 1)


def take(count, *arguments, **options):
    """The first `count` minibatches, as arrays."""
    stream = minibatches.stream(*arguments, **options)
    return list(itertools.islice(stream.as_numpy_iterator(), count))


def numbers_of(batch):
    """Which images of `numbered` a minibatch holds."""
    assert np.ptp(batch, axis=(1, 2, 3)).max() == 0
    numbers = (batch[:, 0, 0, 0].astype(np.float64) + 1) * 127.5
    np.testing.assert_allclose(numbers, numbers.round(), atol=1e-4)
    return numbers.round().astype(int).tolist()


def order_of(count, *arguments, **options):
    """The numbers of the images in `count` minibatches, one after another."""
    batches = take(count, *arguments, **options)
    return list(itertools.chain(*map(numbers_of, batches)))


def worker(pipelines, index, replicas):
    return tf.distribute.InputContext(
        num_input_pipelines=pipelines,
        input_pipeline_id=index,
        num_replicas_in_sync=replicas,
    )


# Values.


def test_each_byte_becomes_its_place_between_minus_one_and_one():
    pixels = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1)
    (batch,) = take(1, Images("ramp", pixels, np.zeros(1, int)), 1, seed=0)
    assert batch.dtype == np.float32
    assert batch.shape == (1, 16, 16, 1)
    values = batch.ravel()
    assert values[0] == -1.0
    assert values[255] == 1.0
    np.testing.assert_allclose(values[127], -1 / 255, rtol=1e-4)
    expected = np.linspace(-1, 1, 256)
    np.testing.assert_allclose(values, expected, rtol=0, atol=1.2e-7)


def test_rows_columns_and_channels_stay_where_they_are():
    pixels = np.arange(24, dtype=np.uint8).reshape(1, 2, 4, 3) * 10
    (batch,) = take(1, Images("colour", pixels, np.zeros(1, int)), 1, seed=0)
    expected = np.arange(0, 240, 10).reshape(1, 2, 4, 3) / 127.5 - 1
    np.testing.assert_allclose(batch, expected, rtol=0, atol=1.2e-7)


def test_a_minibatch_has_a_shape_that_is_known_beforehand():
    spec = minibatches.stream(numbered(7), 3, seed=0).element_spec
    assert spec.dtype == tf.float32
    assert spec.shape[1:] == (2, 3, 1)


def test_labels_go_with_their_images():
    pairs = take(9, numbered(11), 4, seed=5, with_labels=True)
    for images, labels in pairs:
        assert images.shape == (4, 2, 3, 1)
        expected = [3 * number + 1 for number in numbers_of(images)]
        assert labels.tolist() == expected


def test_labels_do_not_change_the_order():
    pairs = take(6, numbered(11), 4, seed=5, with_labels=True)
    order = [number for images, _ in pairs for number in numbers_of(images)]
    assert order == order_of(6, numbered(11), 4, seed=5)


# Order.


@pytest.mark.parametrize(
    ("count", "batch_size"), [(7, 3), (7, 7), (10, 4), (9, 1), (6, 3)]
)
def test_every_image_comes_once_per_epoch(count, batch_size):
    epochs = 5
    batches = take(
        -(-epochs * count // batch_size), numbered(count), batch_size, seed=2
    )
    assert all(len(batch) == batch_size for batch in batches)
    order = list(itertools.chain(*map(numbers_of, batches)))
    for epoch in range(epochs):
        seen = order[epoch * count : (epoch + 1) * count]
        assert sorted(seen) == list(range(count))


def test_every_epoch_has_an_order_of_its_own():
    order = order_of(20, numbered(50), 10, seed=0)
    epochs = {tuple(order[start : start + 50]) for start in (0, 50, 100, 150)}
    assert len(epochs) == 4
    assert tuple(range(50)) not in epochs


def test_any_image_can_be_the_first_of_an_epoch():
    firsts = order_of(60, numbered(5), 5, seed=0)[::5]
    # Of 60 fair draws out of five, 2 or fewer would be the same image with
    # probability 2e-4.
    assert np.bincount(firsts, minlength=5).min() > 2


def test_equal_seeds_give_equal_streams_and_other_seeds_others():
    orders = [
        tuple(order_of(12, numbered(40), 8, seed=seed))
        for seed in (0, 0, 1, 2**40, 7, 7)
    ]
    assert orders[0] == orders[1]
    assert orders[4] == orders[5]
    assert len(set(orders)) == 4


def test_the_order_does_not_depend_on_the_minibatch_size():
    assert (
        order_of(12, numbered(9), 2, seed=4)
        == order_of(8, numbered(9), 3, seed=4)
        == order_of(3, numbered(9), 8, seed=4)
    )


def test_the_global_seed_has_no_part_in_the_order():
    tf.random.set_seed(1)
    one = order_of(6, numbered(20), 5, seed=3)
    tf.random.set_seed(2)
    assert order_of(6, numbered(20), 5, seed=3) == one


# Ten images, minibatches of 3: epochs begin at places 10, 20, 30...
@pytest.mark.parametrize("first", [0, 1, 3, 4, 10, 17])
def test_a_stream_can_be_taken_up_at_any_minibatch(first):
    whole = order_of(25, numbered(10), 3, seed=6)
    rest = order_of(25 - first, numbered(10), 3, seed=6, first=first)
    assert rest == whole[3 * first :]


def test_taking_up_a_stream_far_along_needs_no_reading_of_what_was_before():
    # Some 10 million epochs: passing over them one by one would take minutes.
    places = 10**8
    order = order_of(4, numbered(10), 5, seed=1, first=2 * (places // 10))
    assert sorted(order[:10]) == list(range(10))
    assert order[:10] != order[10:]


# Several workers and replicas.


def test_two_replicas_of_one_worker_take_turns():
    data = numbered(10)
    whole = order_of(6, data, 4, seed=8)
    context = worker(1, 0, replicas=2)
    shares = take(12, data, 4, seed=8, input_context=context)
    assert {share.shape for share in shares} == {(2, 2, 3, 1)}
    assert list(itertools.chain(*map(numbers_of, shares))) == whole


@pytest.mark.parametrize("first", [0, 3])
def test_two_workers_of_one_replica_read_halves_of_each_minibatch(first):
    data = numbered(10)
    whole = take(6, data, 4, seed=8, first=first)
    halves = [
        take(6, data, 4, seed=8, first=first, input_context=worker(2, index, 2))
        for index in range(2)
    ]
    for batch, one, other in zip(whole, *halves, strict=True):
        assert len(one) == len(other) == 2
        np.testing.assert_array_equal(np.concatenate([one, other]), batch)


def test_two_workers_of_two_replicas_share_out_each_minibatch_in_order():
    data = numbered(13)
    whole = take(5, data, 8, seed=9, with_labels=True)
    shares = [
        take(
            10,
            data,
            8,
            seed=9,
            with_labels=True,
            input_context=worker(2, index, 4),
        )
        for index in range(2)
    ]
    for step, (images, labels) in enumerate(whole):
        of_replicas = [
            shares[index][2 * step + replica]
            for index in range(2)
            for replica in range(2)
        ]
        assert all(len(images) == 2 for images, _ in of_replicas)
        np.testing.assert_array_equal(
            np.concatenate([images for images, _ in of_replicas]), images
        )
        np.testing.assert_array_equal(
            np.concatenate([labels for _, labels in of_replicas]), labels
        )


def test_a_mirrored_strategy_feeds_the_replicas_from_one_stream(two_replicas):
    data = numbered(10)
    whole = take(3, data, 6, seed=0)
    distributed = two_replicas.distribute_datasets_from_function(
        lambda context: minibatches.stream(
            data, 6, seed=0, input_context=context
        )
    )
    first_three = itertools.islice(distributed, 3)
    for batch, shares in zip(whole, first_three, strict=True):
        local = two_replicas.experimental_local_results(shares)
        assert [len(share) for share in local] == [3, 3]
        np.testing.assert_array_equal(np.concatenate(local), batch)


def test_workers_need_not_ask_each_other_who_has_data_left():
    drawn = minibatches.drawn_anew(lambda _: tf.zeros([4, 2]), 4, 0, 0, None)
    for data in (minibatches.stream(numbered(10), 6, seed=0), drawn):
        assert data.cardinality() == tf.data.INFINITE_CARDINALITY


# Images that are not in memory.


def test_images_that_are_read_make_the_same_minibatches():
    data = numbered(23)
    asked = []

    def read(places):
        asked.append(len(places))
        return data.images[places]

    there = dataclasses.replace(data, images=Rows(data.images.shape, read))
    whole, other = (
        take(9, which, 5, seed=7, first=2, with_labels=True)
        for which in (data, there)
    )
    for (images, labels), (others, their_labels) in zip(
        whole, other, strict=True
    ):
        np.testing.assert_array_equal(others, images)
        np.testing.assert_array_equal(their_labels, labels)
    assert set(asked) == {5}


@pytest.mark.parametrize("wrap", [lambda call: call, tf.function])
def test_of_what_cannot_be_read_the_reason_is_told_as_it_is(wrap):
    def read(places):
        raise UserError("/a/b.images was damaged at image 3: start again")

    data = dataclasses.replace(numbered(7), images=Rows((7, 2, 3, 1), read))
    iterator = iter(minibatches.stream(data, 3, seed=0))
    with pytest.raises(tf.errors.OpError) as caught:
        wrap(lambda: next(iterator))()
    assert errors.reason(caught.value) == (
        "/a/b.images was damaged at image 3: start again"
    )


# Errors.


@pytest.mark.parametrize("batch_size", [-2, 0, 8])
def test_a_minibatch_that_cannot_be_filled_is_refused(batch_size):
    with pytest.raises(UserError) as caught:
        minibatches.stream(numbered(7), batch_size, seed=0)
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    assert "batch_size" in message
    assert f"Received: {batch_size}" in message
    assert "set, 7." in message


def test_a_minibatch_that_the_replicas_cannot_share_is_refused():
    with pytest.raises(UserError) as caught:
        minibatches.stream(
            numbered(20), 10, seed=0, input_context=worker(2, 1, 4)
        )
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    assert "4 replicas" in message
    assert "Received: 10" in message


def test_check_batch_size_accepts_what_can_be_filled_and_divided():
    for batch_size, count, replicas in ((1, 1, 1), (6, 6, 3), (8, 100, 4)):
        minibatches.check_batch_size(batch_size, count, replicas)
    for batch_size, count, replicas in ((0, 1, 1), (7, 6, 1), (8, 100, 3)):
        with pytest.raises(UserError):
            minibatches.check_batch_size(batch_size, count, replicas)


def test_the_end_of_a_stream_waits_for_no_tuner():
    options = minibatches.stream(numbered(7), 3, seed=0).options()
    assert options.autotune.enabled is False
