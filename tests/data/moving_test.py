"""Moving digits, place by place."""

import itertools

import numpy as np
import pytest
import tensorflow as tf

from tfgan_ref.data import moving
from tfgan_ref.data.images import Images
from tfgan_ref.errors import UserError

RNG = np.random.default_rng(5)
DIGITS = Images(
    "made up",
    RNG.integers(1, 256, (40, 28, 28, 1)).astype(np.uint8),
    np.zeros(40, np.int32),
)
DIRECTIONS = [(0, 4), (3, 3), (4, 0), (3, -3)]
DIRECTIONS += [(0, -4), (-3, -3), (-4, 0), (-3, 3)]


def data(canvas=30):
    return moving.move(DIGITS, canvas)


def take(count, *arguments, **options):
    stream = moving.stream(*arguments, **options)
    return list(itertools.islice(stream.as_numpy_iterator(), count))


def place_of(frame):
    """Where the digit is whose pixels are all above the background."""
    shown = frame > -1
    rows, columns = np.flatnonzero(shown.any(1)), np.flatnonzero(shown.any(0))
    assert len(rows) == len(columns) == 14 and shown.sum() == 14**2
    return np.array([rows[0], columns[0]])


def walked(places, canvas):
    """The velocity after the last of four places, walls minded."""
    low, high = 4, canvas - 18
    assert (places >= low).all() and (places <= high).all()
    found = [
        (turned, velocity)
        for velocity in DIRECTIONS
        if (turned := end_of(places, velocity, low, high)) is not None
    ]
    (velocity,) = {turned for turned, _ in found}
    return velocity


def end_of(places, velocity, low, high):
    """The velocity in the end, if this is the way; else None."""
    velocity, place = np.array(velocity), places[0]
    for wanted in places[1:]:
        aimed = place + velocity
        place = np.clip(aimed, low, high)
        velocity = np.where(aimed == place, velocity, -velocity)
        if (place != wanted).any():
            return None
    return tuple(velocity.tolist())


@pytest.mark.parametrize("canvas", [28, 33])
def test_a_digit_goes_straight_on_off_walls_and_then_turns(canvas):
    clips = moving.some(data(canvas), 40)
    frames, continuations, following = (np.asarray(part) for part in clips)
    assert frames.shape == (40, canvas, canvas, 4)
    assert continuations.shape == (40, canvas, canvas, 2)
    hit, taken = 0, []
    for k in range(40):
        places = np.array([place_of(frames[k, ..., i]) for i in range(4)])
        velocity = walked(places, canvas)
        hit += any(
            tuple(step) not in DIRECTIONS for step in np.diff(places, axis=0)
        )
        number = DIRECTIONS.index(velocity)
        for side, turn in enumerate((-1, 1)):
            then = places[3] + DIRECTIONS[(number + turn) % 8]
            frame = continuations[k, ..., side]
            np.testing.assert_array_equal(place_of(frame), then)
        (side,) = np.flatnonzero((continuations[k] == following[k]).all((0, 1)))
        taken.append(side)
    assert hit > 5
    assert 8 <= sum(taken) <= 32


def test_pixels_are_means_of_four_of_the_digits():
    clips = moving.some(data(), 3)
    for k, frame in enumerate(np.asarray(clips.frames)[..., 2]):
        row, column = place_of(frame)
        shown = frame[row : row + 14, column : column + 14]
        means = np.float64(DIGITS.images[k, ..., 0]).reshape(14, 2, 14, 2)
        wanted = np.rint(means.mean((1, 3))) / 127.5 - 1
        np.testing.assert_allclose(shown, wanted, atol=1e-6)


def test_motion_is_of_all_starts_and_directions():
    motions = moving._motions(6000, 32, [3, 1]).numpy()
    for numbers, first, count in zip(
        motions.T, (4, 4, 0, 0), (11, 11, 8, 2), strict=True
    ):
        counts = np.bincount(numbers - first, minlength=count)
        assert len(counts) == count
        even = 6000 / count
        assert abs(counts - even).max() < 5 * np.sqrt(even)


def test_a_stream_is_a_function_of_seed_and_step():
    whole = take(6, data(), 4, seed=7)
    assert [part.shape for part in whole[0]] == [
        (4, 30, 30, 1),
        (4, 30, 30, 4),
    ]
    for one, other in zip(
        take(4, data(), 4, seed=7, first=2), whole[2:], strict=True
    ):
        np.testing.assert_array_equal(one[0], other[0])
        np.testing.assert_array_equal(one[1], other[1])
    other = take(1, data(), 4, seed=8)[0]
    assert (other[1] != whole[0][1]).any()
    # A digit comes again, once in an epoch, and moves in another way.
    starts = [
        place_of(frame).tolist()
        for _, frames in take(20, data(), 4, seed=7)
        for frame in frames[..., 0]
    ]
    assert starts[:40] != starts[40:]


@pytest.mark.parametrize("first", [0, 3])
def test_replicas_share_out_each_minibatch_in_order(first):
    whole = take(3, data(), 4, seed=2, first=first)
    context = tf.distribute.InputContext(num_replicas_in_sync=2)
    halves = take(6, data(), 4, seed=2, first=first, input_context=context)
    for part in (0, 1):
        np.testing.assert_array_equal(
            np.concatenate([half[part] for half in halves]),
            np.concatenate([one[part] for one in whole]),
        )


def test_what_a_run_records():
    one = data()
    assert (one.name, one.count) == ("moving made up", 40)
    assert one.facts["canvas"] == 30
    assert one.facts["sha256"] == one.digits.fingerprint
    assert one.summary == "40 digits on 30x30 pixels"


def test_what_does_not_fit_is_one_line():
    with pytest.raises(UserError, match=r"28 pixels .*Received: \(14, 14, 1"):
        moving.move(data().digits, 32)
    with pytest.raises(UserError, match="least 28. Received: 27"):
        moving.move(DIGITS, 27)
