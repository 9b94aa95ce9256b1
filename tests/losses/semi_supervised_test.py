import numpy as np
import pytest
import tensorflow as tf

from tfgan_ref.losses import semi_supervised

# Three classes, four examples; exact in bfloat16, unequal, of both signs.
REAL = [[2.0, -1.0, 0.25], [0.5, 3.0, -4.0], [-2.5, -1.5, -6.0], [7.0, 6.0, 1]]
FAKE = [[-3.0, 0.5, 1.5], [-7.0, -2.0, -5.0], [4.0, 0.0, -1.0], [0.0, 2.5, 1.0]]
LABELS = [0, 2, 1, 1]
SOME_LABELS = [0, -1, 1, -1]
# What a player may say who is sure, rightly or not.
SURE = [[1e4, -1e4, 0.0], [-1e4, -1e4, -1e4], [1e4, 1e4, 1e4], [0.0, -1e4, 1e4]]

both_precisions = pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
every_label_type = pytest.mark.parametrize("label_type", ["int32", "int64"])


def probabilities(logits):
    """Softmax over the n classes and the fake one, whose logit is 0."""
    logits = np.pad(np.float64(logits), [(0, 0), (0, 1)])
    exponentials = np.exp(logits - logits.max(-1, keepdims=True))
    return exponentials / exponentials.sum(-1, keepdims=True)


def log_sum_exp(logits):
    logits = np.float64(logits)
    most = logits.max(-1)
    return most + np.log(np.exp(logits - most[:, None]).sum(-1))


def softplus(numbers):
    return np.logaddexp(0, numbers)


def labelled_cost(logits, labels):
    """As released: LSE(l) - l[y], here per example; 0 without a label."""
    of_label = np.take_along_axis(
        np.float64(logits), np.maximum(labels, 0)[:, None], -1
    )
    cost = log_sum_exp(logits) - of_label[:, 0]
    return np.where(np.less(labels, 0), 0.0, cost)


def unlabelled_cost(real, fake):
    """As released, per pair."""
    real, fake = log_sum_exp(real), log_sum_exp(fake)
    return -0.5 * real + 0.5 * softplus(real) + 0.5 * softplus(fake)


def label_training_cost(real, fake, labels):
    """Cross entropy of n + 1 classes; -log p(real | x) without a label."""
    p_real, p_fake = probabilities(real), probabilities(fake)
    p_label = np.take_along_axis(p_real, np.maximum(labels, 0)[:, None], -1)
    p = np.where(np.less(labels, 0), p_real[:, :-1].sum(-1), p_label[:, 0])
    return -np.log(p) - np.log(p_fake[:, -1])


def gradients(loss, *logits):
    """Of the sum over the batch; one tensor may be given twice."""
    logits = [tf.identity(values) for values in logits]
    with tf.GradientTape() as tape:
        tape.watch(logits)
        cost = loss(*logits)
    return tape.gradient(cost, logits)


def softmax(logits):
    exponentials = np.exp(np.float64(logits))
    return exponentials / exponentials.sum(-1, keepdims=True)


def one_hot(labels):
    return np.eye(3)[labels]


def assert_is_cost(received, expected, **tolerance):
    assert received.dtype == tf.float32
    assert received.shape == (4,)
    np.testing.assert_allclose(received, expected, **tolerance)


@both_precisions
def test_sigmoid_of_the_realness_logits_is_z_over_z_plus_1(dtype):
    logits = semi_supervised.realness_logits(tf.constant(REAL, dtype))
    assert logits.dtype == tf.float32
    assert logits.shape == (4,)
    z = np.exp(np.float64(REAL)).sum(-1)
    np.testing.assert_allclose(
        1 / (1 + np.exp(-np.float64(logits))), z / (z + 1), rtol=1e-6
    )


def test_realness_of_equal_logits_is_known_by_hand():
    # Three classes of e^0: Z = 3, D = 3/4.
    logits = semi_supervised.realness_logits(tf.zeros([1, 3]))
    np.testing.assert_allclose(logits, [np.log(3)], rtol=1e-6)


@every_label_type
@both_precisions
def test_labelled_loss_is_the_cross_entropy_of_the_real_classes(
    dtype, label_type
):
    assert_is_cost(
        semi_supervised.labelled_loss(
            tf.constant(REAL, dtype), tf.constant(LABELS, label_type)
        ),
        -np.log(softmax(REAL)[range(4), LABELS]),
        rtol=1e-5,
    )


@every_label_type
def test_an_example_without_label_costs_no_labelled_loss(label_type):
    cost = semi_supervised.labelled_loss(
        tf.constant(REAL), tf.constant(SOME_LABELS, label_type)
    )
    assert_is_cost(cost, labelled_cost(REAL, SOME_LABELS), rtol=1e-5)
    np.testing.assert_array_equal(cost.numpy()[[1, 3]], 0.0)


def test_labelled_gradient_is_the_error_of_softmax_and_0_without_label():
    (received,) = gradients(
        lambda logits: semi_supervised.labelled_loss(
            logits, tf.constant(SOME_LABELS)
        ),
        tf.constant(REAL),
    )
    expected = softmax(REAL) - one_hot(SOME_LABELS)
    expected[[1, 3]] = 0.0
    np.testing.assert_allclose(received, expected, rtol=1e-5, atol=1e-7)


@both_precisions
def test_unlabelled_loss_is_the_released_one(dtype):
    assert_is_cost(
        semi_supervised.unlabelled_loss(
            tf.constant(REAL, dtype), tf.constant(FAKE, dtype)
        ),
        unlabelled_cost(REAL, FAKE),
        rtol=1e-6,
    )


def test_unlabelled_loss_is_half_the_cross_entropy_of_d():
    cost = semi_supervised.unlabelled_loss(tf.constant(REAL), tf.constant(FAKE))
    p_fake_of_real = probabilities(REAL)[:, -1]
    p_fake_of_fake = probabilities(FAKE)[:, -1]
    assert_is_cost(
        cost,
        -0.5 * np.log(1 - p_fake_of_real) - 0.5 * np.log(p_fake_of_fake),
        rtol=1e-6,
    )


def test_unlabelled_loss_of_one_pair_is_known_by_hand():
    # D(x) = 3/4, D(G(z)) = 3/(3 + 5): half of -log(3/4) - log(5/8).
    cost = semi_supervised.unlabelled_loss(
        tf.zeros([1, 3]), tf.fill([1, 3], tf.math.log(0.2))
    )
    np.testing.assert_allclose(cost, [-0.5 * np.log(15 / 32)], rtol=1e-6)


def test_unlabelled_gradients_are_the_errors_of_d_shared_by_softmax():
    of_real, of_fake = gradients(
        semi_supervised.unlabelled_loss, tf.constant(REAL), tf.constant(FAKE)
    )
    miss = probabilities(REAL)[:, -1:]  # 1 - D(x).
    false_alarm = probabilities(FAKE)[:, :-1].sum(-1, keepdims=True)
    np.testing.assert_allclose(of_real, -0.5 * miss * softmax(REAL), rtol=1e-5)
    np.testing.assert_allclose(
        of_fake, 0.5 * false_alarm * softmax(FAKE), rtol=1e-5
    )


@both_precisions
@every_label_type
@pytest.mark.parametrize("labels", [LABELS, SOME_LABELS])
def test_label_training_is_the_cross_entropy_of_all_n_plus_1_classes(
    labels, label_type, dtype
):
    assert_is_cost(
        semi_supervised.label_training_loss(
            tf.constant(REAL, dtype),
            tf.constant(FAKE, dtype),
            tf.constant(labels, label_type),
        ),
        label_training_cost(REAL, FAKE, labels),
        rtol=1e-5,
    )


def test_label_training_gradients_are_the_errors_of_the_n_plus_1_classes():
    of_real, of_fake = gradients(
        lambda real, fake: semi_supervised.label_training_loss(
            real, fake, tf.constant(SOME_LABELS)
        ),
        tf.constant(REAL),
        tf.constant(FAKE),
    )
    p = probabilities(REAL)
    expected = p[:, :-1] - one_hot(SOME_LABELS)
    unlabelled = -p[:, -1:] * softmax(REAL)
    expected[[1, 3]] = unlabelled[[1, 3]]
    np.testing.assert_allclose(of_real, expected, rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(of_fake, probabilities(FAKE)[:, :-1], rtol=1e-5)


@both_precisions
def test_costs_of_those_who_are_sure_are_right(dtype):
    sure = tf.constant(SURE, dtype)
    # As bfloat16 has it, 9984.
    numbers = np.float64(tf.cast(sure, tf.float32))
    wrong = tf.reverse(sure, [0])
    numbers_of_wrong = numbers[::-1]
    labels = np.array([1, 2, 0, -1])
    tolerance = {"rtol": 1e-6, "atol": 1e-6}
    np.testing.assert_allclose(
        semi_supervised.realness_logits(sure), log_sum_exp(numbers), rtol=1e-6
    )
    assert_is_cost(
        semi_supervised.labelled_loss(sure, tf.constant(labels)),
        labelled_cost(numbers, labels),
        **tolerance,
    )
    assert_is_cost(
        semi_supervised.unlabelled_loss(sure, wrong),
        unlabelled_cost(numbers, numbers_of_wrong),
        **tolerance,
    )
    real, fake = log_sum_exp(numbers), log_sum_exp(numbers_of_wrong)
    assert_is_cost(
        semi_supervised.label_training_loss(sure, wrong, tf.constant(labels)),
        labelled_cost(numbers, labels) + softplus(-real) + softplus(fake),
        **tolerance,
    )


@both_precisions
def test_gradients_of_those_who_are_sure_are_finite_and_right(dtype):
    sure = tf.constant(SURE, dtype)
    labels = [1, 2, 0, -1]
    (of_labelled,) = gradients(
        lambda logits: semi_supervised.labelled_loss(
            logits, tf.constant(labels)
        ),
        sure,
    )
    third = 1 / 3
    numbers = [[1, 0, 0], [third] * 3, [third] * 3, [0, 0, 1]]  # Softmax.
    errors = numbers - one_hot(labels)
    errors[3] = 0.0
    tolerance = {"rtol": 4e-3, "atol": 1e-6}  # bfloat16 has 8 bits.
    np.testing.assert_allclose(np.float64(of_labelled), errors, **tolerance)

    of_real, of_fake = gradients(semi_supervised.unlabelled_loss, sure, sure)
    # The second example is taken to be fake, every other one to be real.
    np.testing.assert_allclose(
        np.float64(of_real),
        [[0] * 3, [-third / 2] * 3, [0] * 3, [0] * 3],
        **tolerance,
    )
    np.testing.assert_allclose(
        np.float64(of_fake),
        [[0.5, 0, 0], [0] * 3, [third / 2] * 3, [0, 0, 0.5]],
        **tolerance,
    )

    of_real, of_fake = gradients(
        lambda real, fake: semi_supervised.label_training_loss(
            real, fake, tf.constant(labels)
        ),
        sure,
        sure,
    )
    errors[1] -= third  # Of the second, p(real | x) = 0.
    np.testing.assert_allclose(np.float64(of_real), errors, **tolerance)
    np.testing.assert_allclose(
        np.float64(of_fake),
        [[1, 0, 0], [0] * 3, [third] * 3, [0, 0, 1]],
        **tolerance,
    )
