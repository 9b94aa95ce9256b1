"""Runs that are known to go wrong, one for each symptom, and healthy ones.

Each is a function of a seed that gives a compiled GAN, its data, and how it is
trained.
"""

import functools
import json

import keras
import numpy as np
from keras import layers

from tfgan_ref import priors
from tfgan_ref.data import images, minibatches, mixture, toy
from tfgan_ref.diagnosis import history
from tfgan_ref.diagnosis.watch import Watch
from tfgan_ref.evaluation.scatter import Scatter
from tfgan_ref.gan import GAN
from tfgan_ref.losses import adversarial
from tfgan_ref.models import dcgan, unrolled
from tfgan_ref.models import toy as toy_models
from tfgan_ref.training import run as training

GAMES = {
    "minimax": adversarial.minimax_generator_loss,
    "non_saturating": adversarial.non_saturating_generator_loss,
    "maximum_likelihood": adversarial.maximum_likelihood_generator_loss,
}


def adam(rate, beta_1=0.5):
    return keras.optimizers.Adam(rate, beta_1=beta_1)


@functools.cache
def digits(count=None, size=28):
    found = images.load("digits", image_size=size)
    few = slice(count)
    return images.Images(
        found.name, found.images[few], found.labels[few], found.class_names
    )


def small(game, seed, *, rates=(2e-4, 2e-4), generator=None, **protocol):
    """A DCGAN of few maps on digits."""
    gan = dcgan.build((28, 28, 1), width=8, ema_decay=0.99, seed=seed)
    if generator is not None:
        gan = GAN(generator(gan.generator), gan.discriminator, seed=seed)
    gan.compile(
        *map(adam, rates),
        generator_loss=GAMES[game],
        **protocol,
    )
    return gan


def healthy(game, seed):
    """Whose samples are seen to be good, as images or by their density."""
    if game == "maximum_likelihood":
        return two_gaussians(game, seed)
    how = {"train_steps": 800, "log_every": 10, "sample_every": 50}
    gan = small(game, seed, rates=(1e-3, 1e-4))
    return gan, digits(), how


def two_gaussians(game, seed):
    """Of which that game's few large slopes do not miss one."""
    keras.utils.set_random_seed(seed)
    gan = GAN(
        *toy_models.perceptrons(1, 16), prior=priors.Normal(16), seed=seed
    )
    gan.compile(
        adam(1e-3),
        adam(1e-3),
        generator_loss=GAMES[game],
        simultaneous=False,
    )
    how = {"train_steps": 1500, "batch_size": 256, "log_every": 15}
    return gan, toy.load("two_gaussians"), how | {"sample_every": 75}


def strong_discriminator(seed):
    """Its learning rate is a hundred times too large."""
    gan = small("minimax", seed, rates=(2e-4, 2e-2))
    return gan, digits(), {"train_steps": 200, "log_every": 5}


def many_discriminator_steps(seed):
    """k = 10 in the game whose generator does not vanish."""
    gan = toy_models.build_of_unrolled(2, latent_dim=16, seed=seed)
    gan.compile(adam(1e-5), adam(1e-3), discriminator_steps=10)
    how = {"train_steps": 300, "batch_size": 64, "log_every": 5}
    return gan, toy.load("ring"), how


def generator_that_ignores_its_latents(seed):
    def without_latents(generator):
        z = keras.Input(generator.input_shape[1:])
        return keras.Model(z, generator(layers.Rescaling(0.0)(z)))

    gan = small("non_saturating", seed, generator=without_latents)
    return gan, digits(), {"train_steps": 150, "log_every": 5}


def one_mode_of_the_ring(seed):
    """The plain GAN of unrolled GAN's appendix."""
    gan = unrolled.build_of_paper(2, unroll_steps=0, seed=seed)
    gan.compile(adam(1e-4), adam(1e-4), simultaneous=False)
    how = {"train_steps": 3000, "batch_size": 512, "log_every": 50}
    return gan, toy.load("unrolled_paper_ring"), how


def dirac(seed, rate, momentum):
    """Dirac's GAN: two points, of which one moves, and a line that turns."""
    keras.utils.set_random_seed(seed)
    point = [
        keras.Input((1,)),
        layers.Rescaling(0.01),
        layers.Dense(1, bias_initializer="ones"),
    ]
    line = [
        keras.Input((1,)),
        layers.Dense(1, use_bias=False),
        layers.Reshape(()),
    ]
    gan = GAN(
        keras.Sequential(point),
        keras.Sequential(line),
        prior=priors.Normal(1),
        seed=seed,
    )
    gan.compile(
        keras.optimizers.SGD(rate, momentum),
        keras.optimizers.SGD(rate, momentum),
        simultaneous=False,
        generator_loss=adversarial.minimax_generator_loss,
    )
    return gan, toy.Points("point", mixture.make([0.0], 0.01))


def momentum(seed):
    """In turn, with momentum, the players go round each other."""
    how = {"train_steps": 400, "log_every": 5}
    return *dirac(seed, 0.1, 0.3), how


def huge_learning_rates(seed):
    return *dirac(seed, 10.0, 0.9), {"train_steps": 100, "log_every": 5}


def twenty_images(seed):
    """So few that the generator learns them by heart."""
    keras.utils.set_random_seed(seed)
    few = digits(20, 8)

    def perceptron(outputs, activation):
        return [
            layers.Flatten(),
            layers.Dense(128, activation),
            layers.Dense(128, activation),
            layers.Dense(outputs),
        ]

    generator = keras.Sequential(
        [
            keras.Input((8,)),
            *perceptron(64, "relu"),
            layers.Activation("tanh"),
            layers.Reshape(few.image_shape),
        ]
    )
    discriminator = keras.Sequential(
        [
            keras.Input(few.image_shape),
            *perceptron(1, "leaky_relu"),
            layers.Reshape(()),
        ]
    )
    gan = GAN(generator, discriminator, ema_decay=0.99, seed=seed)
    gan.compile(adam(1e-3), adam(1e-3))
    how = {"train_steps": 2000, "batch_size": 20, "log_every": 20}
    return gan, few, how | {"sample_every": 100}


PLANTED = {
    "vanishing_gradient": strong_discriminator,
    "discriminator_saturated": many_discriminator_steps,
    "mode_collapse": generator_that_ignores_its_latents,
    "mode_collapse/modes": one_mode_of_the_ring,
    "oscillation": momentum,
    "divergence": huge_learning_rates,
    "copying": twenty_images,
}


def train(folder, gan, data, how):
    """Trains; the records of metrics.jsonl and the symptoms that began."""
    how = {"sample_every": how["log_every"], "batch_size": 64} | how
    config = training.Config(
        workdir=str(folder), checkpoint_every=how["train_steps"], **how
    )
    more = {"stream": minibatches.stream}
    if isinstance(data, toy.Points):
        more = {"stream": toy.stream, "draw": Scatter(data.density)}
        more["sample_count"] = 256
    training.train(gan, data, config, **more)
    lines = (folder / "metrics.jsonl").read_text().splitlines()
    records = [json.loads(line) for line in lines]
    config = json.loads((folder / "config.json").read_text())
    watch = Watch(history.facts_of(config, how["train_steps"]))
    changes = [change for record in records for change in watch.add(record)]
    begun = {change.finding.symptom for change in changes if change.begins}
    return records, begun, changes


def shown(records):
    """The range of each measurement, for people who choose thresholds."""
    tags = sorted({tag for record in records for tag in record})
    for tag in tags:
        values = np.array([r[tag] for r in records if tag in r])
        print(
            f"  {tag:28} "
            + " ".join(f"{x:10.4g}" for x in np.quantile(values, [0, 0.5, 1]))
            + f"  last {values[-1]:.4g}"
        )
