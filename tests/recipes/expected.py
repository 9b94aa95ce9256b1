"""The papers' formulas in NumPy, float64."""

import numpy as np
from scipy import special

REAL = np.array([2.0, -1.0, 0.3])
FAKE = np.array([0.5, -3.0, 1.2])

log2 = np.log(2.0)


def softplus(x):
    return np.logaddexp(0.0, x)


def cross_entropy(real, fake, real_target=1.0):
    """The discriminator's cost with one-sided smoothing, eq. 8 and 15."""
    of_real = real_target * softplus(-real) + (1 - real_target) * softplus(real)
    return of_real + softplus(fake)


# Game -> the generator's cost.
GENERATOR_COSTS = {
    "minimax": lambda fake: -softplus(fake),
    "non_saturating": lambda fake: softplus(-fake),
    "maximum_likelihood": lambda fake: -np.exp(fake),
    "least_squares": lambda fake: (fake - 1) ** 2,
    "hinge": lambda fake: -fake,
}
# Game -> the discriminator's.
DISCRIMINATOR_COSTS = {
    "minimax": cross_entropy,
    "non_saturating": cross_entropy,
    "maximum_likelihood": cross_entropy,
    "least_squares": lambda real, fake: (real - 1) ** 2 + fake**2,
    "hinge": lambda real, fake: (
        np.maximum(0, 1 - real) + np.maximum(0, 1 + fake)
    ),
}


def _lambert(t):
    w = special.lambertw(np.exp(1 - t)).real
    return w + 1 / w + t - 2


# Divergence -> g(v) and f*(t) of f-GAN.
DIVERGENCES = {
    "total_variation": (lambda v: np.tanh(v) / 2, lambda t: t),
    "kl": (lambda v: v, lambda t: np.exp(t - 1)),
    "reverse_kl": (lambda v: -np.exp(v), lambda t: -1 - np.log(-t)),
    "pearson_chi_squared": (lambda v: v, lambda t: t**2 / 4 + t),
    "neyman_chi_squared": (
        lambda v: 1 - np.exp(v),
        lambda t: 2 - 2 * np.sqrt(1 - t),
    ),
    "squared_hellinger": (lambda v: 1 - np.exp(v), lambda t: t / (1 - t)),
    "jeffreys": (lambda v: v, _lambert),
    "jensen_shannon": (
        lambda v: log2 - softplus(-v),
        lambda t: -np.log(2 - np.exp(t)),
    ),
    "gan": (lambda v: -softplus(-v), lambda t: -np.log(1 - np.exp(t))),
}


def adam(
    gradients,
    rate,
    beta_1,
    *,
    beta_2=0.999,
    outer=1e-7,
    inner=0.0,
    historical_averaging=0.0,
):
    """Places after each update, from 0.

    `outer` is beside the root and not corrected for the start, as in the form
    at the end of section 2 of Kingma and Ba; `inner` is added to the corrected
    second moment.
    """
    theta = m = v = mean = np.zeros(gradients.shape[1])
    places = []
    for t, gradient in enumerate(np.float64(gradients), 1):
        mean = mean + (theta - mean) / t
        gradient = gradient + 2 * historical_averaging * (theta - mean)
        m = beta_1 * m + (1 - beta_1) * gradient
        v = beta_2 * v + (1 - beta_2) * gradient**2
        correction = np.sqrt(1 - beta_2**t)
        root = np.sqrt(v / correction**2 + inner) + outer / correction
        theta = theta - rate * m / (1 - beta_1**t) / root
        places.append(theta)
    return np.array(places)


def rmsprop(gradients, rate, *, rho, inner):
    """Places after each update, from 0; `inner` is within the root."""
    theta = v = np.zeros(gradients.shape[1])
    places = []
    for gradient in np.float64(gradients):
        v = rho * v + (1 - rho) * gradient**2
        theta = theta - rate * gradient / np.sqrt(v + inner)
        places.append(theta)
    return np.array(places)


def dcgan_generator(latent_dim, width, kernel_size, image_shape):
    """Shapes of the weights, of 28, 32 or 64 pixels."""
    size, _, channels = image_shape
    doublings = {28: 2, 32: 3, 64: 4}[size]
    filters = width * 2 ** (doublings - 1)
    first = size // 2**doublings
    shapes = [(latent_dim, first**2 * filters), (filters,), (filters,)]
    while filters > width:
        filters //= 2
        shapes.append((kernel_size, kernel_size, filters, 2 * filters))
        shapes += [(filters,), (filters,)]
    return [*shapes, (kernel_size, kernel_size, channels, width), (channels,)]


def dcgan_discriminator(
    width, kernel_size, image_shape, *, normalized=True, outputs=1, **features
):
    """The same; `features` are arguments of `features_shapes`."""
    size, _, channels = image_shape
    shapes = [(kernel_size, kernel_size, channels, width), (width,)]
    for _ in range({28: 1, 32: 2, 64: 3}[size]):
        shapes.append((kernel_size, kernel_size, width, 2 * width))
        width *= 2
        shapes += [(width,)] * (2 if normalized else 1)
    flat = {28: 7, 32: 4, 64: 4}[size] ** 2 * width
    more, layer = features_shapes(flat, **features)
    return [*shapes, *layer, (flat + more, outputs), (outputs,)]


def features_shapes(inputs, kind="none", kernels=0, dimension=0):
    """How many minibatch features there are; shapes of the layer's weights."""
    tensor = (inputs, kernels, dimension)
    return {
        "none": (0, []),
        "paper": (kernels, [tensor]),
        "released": (kernels, [tensor, (kernels, dimension), (kernels,)]),
    }[kind]


def improved_mlp(latent_dim, pixels):
    """How many weights both networks for MNIST train, with 10 classes."""
    generator = [latent_dim * 500 + 500, 500 * 500 + 500, 500 * pixels]
    sizes = [pixels, 1000, 500, 250, 250, 250]
    hidden = [m * n + n for m, n in zip(sizes, sizes[1:], strict=False)]
    # The last layers have scales as well.
    return [sum(generator) + 2 * pixels, sum(hidden) + 250 * 10 + 2 * 10]


def improved_conv(latent_dim, first, second, **features):
    """The same for CIFAR-10 and SVHN."""
    units = 4 * 4 * 512
    generator = [latent_dim * units + units, 25 * 512 * 256 + 256]
    generator += [25 * 256 * 128 + 128, 25 * 128 * 3 + 2 * 3]
    convolutions = [(9, 3, first), *[(9, first, first)] * 2, (9, first, second)]
    convolutions += [(9, second, second)] * 3 + [(1, second, second)] * 2
    hidden = [area * m * n + n for area, m, n in convolutions]
    more, layer = features_shapes(second, **features)
    hidden += map(np.prod, layer)
    return [sum(generator), sum(hidden) + (second + more) * 10 + 2 * 10]


def _released_features(inputs, tensor, log_scale, bias):
    columns = tensor / np.sqrt(np.sum(tensor**2, 0))
    apart = _distances(np.tensordot(inputs, columns * np.exp(log_scale), 1))
    itself = np.eye(len(inputs))[..., None]
    features = (np.exp(-apart) * (1 - itself)).sum(1) + bias
    return features, (apart + 1e6 * itself).min(1).mean(0)


def _paper_features(inputs, tensor):
    apart = _distances(np.tensordot(inputs, tensor, 1))
    return np.exp(-apart).sum(1), None


def _distances(rows):
    """float `[n, n, kernels]`."""
    return np.abs(rows[:, None] - rows[None]).sum(-1)


# Definition -> function of inputs and weights -> features, and each kernel's
# mean distance to the nearest other example.
MINIBATCH_FEATURES = {
    "released": _released_features,
    "paper": _paper_features,
}
