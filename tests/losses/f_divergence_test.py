import dataclasses

import numpy as np
import pytest
import tensorflow as tf
from scipy import integrate, optimize, special, stats

from tfgan_ref.errors import UserError
from tfgan_ref.losses import adversarial, f_divergence

# Exact in bfloat16, unequal, of both signs.
REAL = [2.0, -1.0, 0.25]
FAKE = [0.5, -3.0, 1.75]


def lambert(t):
    """W(e^(1-t)); wrightomega(x) is W(e^x) without overflow."""
    return special.wrightomega(1 - np.float64(t))


# The paper's table in float64: f(u), g(v), f*(t).
TABLE = {
    "total_variation": (
        lambda u: np.abs(u - 1) / 2,
        lambda v: np.tanh(v) / 2,
        lambda t: t,
    ),
    "kl": (lambda u: u * np.log(u), lambda v: v, lambda t: np.exp(t - 1)),
    "reverse_kl": (
        lambda u: -np.log(u),
        lambda v: -np.exp(v),
        lambda t: -1 - np.log(-t),
    ),
    "pearson_chi_squared": (
        lambda u: (u - 1) ** 2,
        lambda v: v,
        lambda t: t**2 / 4 + t,
    ),
    "neyman_chi_squared": (
        lambda u: (1 - u) ** 2 / u,
        lambda v: 1 - np.exp(v),
        lambda t: 2 - 2 * np.sqrt(1 - t),
    ),
    "squared_hellinger": (
        lambda u: (np.sqrt(u) - 1) ** 2,
        lambda v: 1 - np.exp(v),
        lambda t: t / (1 - t),
    ),
    "jeffreys": (
        lambda u: (u - 1) * np.log(u),
        lambda v: v,
        lambda t: lambert(t) + 1 / lambert(t) + t - 2,
    ),
    "jensen_shannon": (
        lambda u: u * np.log(u) - (u + 1) * np.log((u + 1) / 2),
        lambda v: np.log(2) - np.log(1 + np.exp(-v)),
        lambda t: -np.log(2 - np.exp(t)),
    ),
    "gan": (
        lambda u: u * np.log(u) - (u + 1) * np.log(u + 1),
        lambda v: -np.log(1 + np.exp(-v)),
        lambda t: -np.log(1 - np.exp(t)),
    ),
}
every_divergence = pytest.mark.parametrize("name", TABLE)
both_precisions = pytest.mark.parametrize("dtype", ["float32", "bfloat16"])

# Two Gaussians near enough for both chi^2 divergences to be finite.
P, Q = stats.norm(0.4, 1.0), stats.norm(-0.3, 1.2)
POINTS = np.linspace(-12, 12, 20001)
RATIO = P.pdf(POINTS) / Q.pdf(POINTS)


def integral(values):
    return integrate.simpson(values, x=POINTS)


def value_of(divergence, ratio):
    """E_p T - E_q f*(T) with T = f'(ratio)."""
    t = divergence.optimal_output(tf.constant(ratio))
    conjugate = divergence.conjugate(t).numpy()
    return integral(P.pdf(POINTS) * t.numpy() - Q.pdf(POINTS) * conjugate)


def gradient(loss, *logits):
    logits = [tf.convert_to_tensor(values) for values in logits]
    with tf.GradientTape() as tape:
        tape.watch(logits)
        cost = loss(*logits)
    return [np.float64(g) for g in tape.gradient(cost, logits)]


def slope(function, x, step=1e-5):
    x = np.float64(x)
    return (function(x + step) - function(x - step)) / (2 * step)


# The table.


def test_the_nine_divergences_are_those_of_the_table():
    names = [divergence.name for divergence in f_divergence.DIVERGENCES]
    assert names == list(TABLE)
    for name in names:
        assert f_divergence.by_name(name).name == name


def test_an_unknown_name_is_one_line_that_names_the_nine():
    with pytest.raises(UserError) as caught:
        f_divergence.by_name("chi_squared")
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    assert message.endswith("Received: 'chi_squared'")
    for name in TABLE:
        assert f" {name}" in message


@every_divergence
def test_f_and_the_output_activation_are_the_table_s(name):
    f, activation, _ = TABLE[name]
    divergence = f_divergence.by_name(name)
    u = np.array([0.05, 0.7, 1.0, 3.5])
    np.testing.assert_allclose(
        divergence.f(tf.constant(u)), f(u), rtol=1e-12, atol=1e-15
    )
    v = np.array([-6.0, -0.3, 0.8, 4.0])
    np.testing.assert_allclose(
        divergence.output_activation(tf.constant(v)), activation(v), rtol=1e-12
    )


@every_divergence
def test_conjugate_is_the_supremum_that_defines_it(name):
    f, activation, _ = TABLE[name]
    # What the activation gives; for Pearson t >= -2, see its comment.
    outputs = activation(np.array([-1.5, -0.4, 0.3, 1.1]))
    for t in outputs:
        found = optimize.minimize_scalar(
            lambda log_u, t=t: f(np.exp(log_u)) - np.exp(log_u) * t,
            bounds=(-12, 12),
            method="bounded",
            options={"xatol": 1e-10},
        )
        conjugate = f_divergence.by_name(name).conjugate(tf.constant(t))
        np.testing.assert_allclose(conjugate, -found.fun, atol=1e-8)


@every_divergence
def test_conjugate_of_the_activation_is_composed_of_the_two(name):
    _, activation, conjugate = TABLE[name]
    v = np.array([-5.0, -0.3, 0.0, 0.8, 4.0])
    received = f_divergence.by_name(name).activated_conjugate(tf.constant(v))
    np.testing.assert_allclose(
        received, conjugate(activation(v)), rtol=1e-10, atol=1e-10
    )


@every_divergence
def test_optimal_output_is_the_derivative_of_f(name):
    u = np.array([0.2, 0.9, 1.3, 4.0])
    received = f_divergence.by_name(name).optimal_output(tf.constant(u))
    np.testing.assert_allclose(received, slope(TABLE[name][0], u), rtol=1e-7)


# The bound (eq. 4).


@every_divergence
def test_optimal_output_recovers_the_divergence_of_two_gaussians(name):
    expected = integral(Q.pdf(POINTS) * TABLE[name][0](RATIO))
    received = value_of(f_divergence.by_name(name), RATIO)
    np.testing.assert_allclose(received, expected, rtol=1e-6)


@every_divergence
@pytest.mark.parametrize("factor", [0.7, 1.4])
def test_another_output_gives_less(name, factor):
    divergence = f_divergence.by_name(name)
    optimum = value_of(divergence, RATIO)
    assert value_of(divergence, factor * RATIO) < optimum - 1e-3


def test_divergences_of_two_gaussians_have_their_closed_forms():
    (m, s), (n, r) = (0.4, 1.0), (-0.3, 1.2)

    def kl(m, s, n, r):
        return np.log(r / s) + (s**2 + (m - n) ** 2) / (2 * r**2) - 0.5

    coefficient = np.sqrt(2 * s * r / (s**2 + r**2)) * np.exp(
        -((m - n) ** 2) / (4 * (s**2 + r**2))
    )
    spread = 2 * r**2 - s**2
    chi_squared = (
        r**2 / (s * np.sqrt(spread)) * np.exp((m - n) ** 2 / spread) - 1
    )
    for divergence, expected in (
        (f_divergence.KL, kl(m, s, n, r)),
        (f_divergence.REVERSE_KL, kl(n, r, m, s)),
        (f_divergence.JEFFREYS, kl(m, s, n, r) + kl(n, r, m, s)),
        (f_divergence.SQUARED_HELLINGER, 2 - 2 * coefficient),
        (f_divergence.PEARSON_CHI_SQUARED, chi_squared),
    ):
        received = value_of(divergence, RATIO)
        np.testing.assert_allclose(received, expected, rtol=1e-7)


def test_gan_is_twice_the_jensen_shannon_divergence_less_log_4():
    mixture = (P.pdf(POINTS) + Q.pdf(POINTS)) / 2
    divergence = sum(
        integral(special.rel_entr(density.pdf(POINTS), mixture))
        for density in (P, Q)
    )
    np.testing.assert_allclose(
        value_of(f_divergence.JENSEN_SHANNON, RATIO), divergence, rtol=1e-7
    )
    np.testing.assert_allclose(
        value_of(f_divergence.GAN, RATIO), divergence - np.log(4), rtol=1e-7
    )


# The costs.


@both_precisions
@every_divergence
def test_costs_are_their_equations(name, dtype):
    _, activation, conjugate = TABLE[name]
    real, fake = np.float64(REAL), np.float64(FAKE)
    game = f_divergence.by_name(name)
    costs = (
        game.discriminator_loss(tf.constant(REAL, dtype), tf.cast(fake, dtype)),
        game.generator_loss(tf.constant(FAKE, dtype)),
        game.non_saturating_generator_loss(tf.constant(FAKE, dtype)),
    )
    expected = (
        conjugate(activation(fake)) - activation(real),
        -conjugate(activation(fake)),
        -activation(fake),
    )
    for received, equation in zip(costs, expected, strict=True):
        assert received.dtype == tf.float32
        assert received.shape == (3,)
        np.testing.assert_allclose(received, equation, rtol=2e-6, atol=1e-6)


def test_the_gan_s_costs_are_the_tutorial_s():
    real, fake = tf.constant(REAL), tf.constant(FAKE)
    gan = f_divergence.GAN
    np.testing.assert_allclose(
        gan.discriminator_loss(real, fake),
        adversarial.minimax_discriminator_loss(real, fake),
        rtol=1e-6,
    )
    np.testing.assert_allclose(
        gan.generator_loss(fake),
        adversarial.minimax_generator_loss(fake),
        rtol=1e-6,
    )
    np.testing.assert_allclose(
        gan.non_saturating_generator_loss(fake),
        adversarial.non_saturating_generator_loss(fake),
        rtol=1e-6,
    )


@every_divergence
def test_gradients_are_finite_differences(name):
    _, activation, conjugate = TABLE[name]
    game = f_divergence.by_name(name)
    of_real, of_fake = gradient(
        game.discriminator_loss, np.float32(REAL), np.float32(FAKE)
    )
    np.testing.assert_allclose(of_real, -slope(activation, REAL), rtol=1e-5)
    expected = slope(lambda v: conjugate(activation(v)), FAKE)
    np.testing.assert_allclose(of_fake, expected, rtol=1e-5)
    (of_fake,) = gradient(game.generator_loss, np.float32(FAKE))
    np.testing.assert_allclose(of_fake, -expected, rtol=1e-5)


@every_divergence
def test_second_derivatives_are_finite_differences(name):
    _, activation, conjugate = TABLE[name]

    def composed(v):
        return conjugate(activation(v))

    v = np.array([-3.0, 0.5, 1.75])
    inputs = tf.constant(v)
    with tf.GradientTape() as outer:
        outer.watch(inputs)
        with tf.GradientTape() as inner:
            inner.watch(inputs)
            cost = f_divergence.by_name(name).activated_conjugate(inputs)
        first = inner.gradient(cost, inputs)
    second = outer.gradient(
        first, inputs, unconnected_gradients=tf.UnconnectedGradients.ZERO
    )
    step = 1e-3
    expected = (composed(v + step) - 2 * composed(v) + composed(v - step)) / (
        step**2
    )
    np.testing.assert_allclose(second, expected, rtol=1e-4, atol=1e-7)


@both_precisions
@every_divergence
def test_costs_and_gradients_stay_finite(name, dtype):
    logits = tf.constant([1e4, -1e4, 80.0, 0.0, -80.0], dtype)
    game = f_divergence.by_name(name)
    for loss, given in (
        (game.discriminator_loss, (logits, tf.reverse(logits, [0]))),
        (game.discriminator_loss, (logits, logits)),
        (game.generator_loss, (logits,)),
        (game.non_saturating_generator_loss, (logits,)),
    ):
        # A batch's sum of the worst case is finite as well.
        assert np.isfinite(1024 * loss(*given)).all()
        # Adam squares gradients.
        for received in gradient(loss, *given):
            assert np.isfinite(np.square(np.float32(received))).all()


@both_precisions
def test_costs_of_those_who_are_sure_are_right(dtype):
    logits = tf.constant([1e4, -1e4], dtype)
    size = float(tf.cast(logits, tf.float32)[0])
    for name, expected in (
        ("total_variation", [-0.5, 0.5]),
        ("reverse_kl", [1 + size, 1 - size]),
        ("pearson_chi_squared", [-(size**2) / 4 - size, size - size**2 / 4]),
        ("jensen_shannon", [np.log(2) - size, np.log(2)]),
        ("gan", [-size, 0.0]),
    ):
        received = f_divergence.by_name(name).generator_loss(logits)
        np.testing.assert_allclose(received, expected, rtol=1e-6)
    for name, least in (
        ("kl", 0.0),
        ("neyman_chi_squared", 2.0),
        ("jeffreys", TABLE["jeffreys"][2](-size)),
    ):
        conjugate = f_divergence.by_name(name).activated_conjugate(
            tf.cast(logits, tf.float32)
        )
        np.testing.assert_allclose(conjugate[1], least, rtol=1e-6)


def test_exponentials_go_on_along_their_tangent_above_30():
    logits = tf.constant([30.0, 35.0, 31.0])
    expected = np.exp(30.0) * np.array([1.0, 6.0, 2.0])
    for received in (
        -f_divergence.REVERSE_KL.output_activation(logits),
        -f_divergence.NEYMAN_CHI_SQUARED.output_activation(logits),
        -f_divergence.SQUARED_HELLINGER.output_activation(logits),
        f_divergence.KL.activated_conjugate(logits + 1),
        f_divergence.NEYMAN_CHI_SQUARED.activated_conjugate(2 * logits) / -2,
        f_divergence.SQUARED_HELLINGER.activated_conjugate(-logits),
        f_divergence.JEFFREYS.activated_conjugate(logits + 1),
    ):
        np.testing.assert_allclose(received, expected, rtol=1e-5)


def test_jeffreys_conjugate_is_right_from_end_to_end():
    t = np.concatenate([-np.logspace(4, -4, 50), np.logspace(-4, 1.45, 50)])
    received = f_divergence.JEFFREYS.conjugate(tf.constant(t))
    # Near 0 the reference cancels, f*(t) being about t.
    np.testing.assert_allclose(
        received, TABLE["jeffreys"][2](t), rtol=1e-9, atol=1e-12
    )


def test_a_divergence_stays_what_it_is():
    with pytest.raises(dataclasses.FrozenInstanceError):
        f_divergence.KL.name = "another"
