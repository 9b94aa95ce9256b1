"""The game of a GAN whose samples are of a text that is asked for.

The discriminator knows three kinds of pairs: real images with their texts,
samples with the texts that they were asked for, and real images with texts of
others, which count as fake: so it learns to match.

References:
    Reed et al. (2016), Generative Adversarial Text to Image Synthesis,
    algorithm 1, https://arxiv.org/abs/1605.05396
    Zhang et al. (2017), StackGAN: Text to Photo-realistic Image Synthesis with
    Stacked Generative Adversarial Networks, https://arxiv.org/abs/1612.03242
"""

import contextlib
import types

import keras
import tensorflow as tf
from keras import layers

from tfgan_ref import checks, metrics
from tfgan_ref.data import vocabulary
from tfgan_ref.errors import UserError
from tfgan_ref.gan import GAN
from tfgan_ref.layers import conditioning
from tfgan_ref.losses import decisions
from tfgan_ref.round import Round, flat, quantity
from tfgan_ref.turn import Turn

ROW = 8  # Samples in turn of one text, where none is asked for.


class TextRound(Round):
    """A round of `(images, ids, other ids)`, texts as numbers of words."""

    @quantity
    def texts(self):
        """The encoder's vectors of the texts, float `[batch, n]`."""
        return self.forward("encoder", self.minibatch[1])

    @quantity
    def law(self):
        """Of the condition, see `layers.conditioning`."""
        # The encoder is the discriminator's, and must not help its samples
        # to be told from real images.
        return self.forward("conditioner", tf.stop_gradient(self.texts))

    @quantity
    def inputs(self):
        """What the generator is given, a dict."""
        drawn = self.gan.inputs(self.minibatch, self.draw)
        return self.gan.given(drawn, self.law)

    @quantity
    def matching(self):
        """What the discriminator is given of real images and their texts."""
        return self.judged(self.shown_real)

    @quantity
    def real_logits(self):
        """Of real images beside their texts, float `[batch]`."""
        return flat(self.forward("discriminator", self.matching))

    @quantity
    def wrong_logits(self):
        """Of real images beside texts of others, float `[batch]`."""
        texts = self.forward("encoder", self.minibatch[2])
        given = self.matching | {"texts": texts}
        return flat(self.forward("discriminator", given))

    @quantity
    def differ(self):
        """Whether the other text is another indeed, bool `[batch]`."""
        _, right, wrong = self.minibatch
        return tf.reduce_any(right != wrong, -1)

    @quantity
    def divergence(self):
        """Of the condition to N(0, I), float32 `[batch]`."""
        return conditioning.divergence(self.law)

    def judged(self, examples):
        """What the trunk sees in images, and the texts of the minibatch."""
        features = self.forward("trunk", examples)
        return {"features": features, "texts": self.texts}


@keras.saving.register_keras_serializable("tfgan_ref")
class TextGAN(GAN):
    """A GAN that is asked for texts.

    Minibatches are `(images, ids, other ids)`, of `data.captioned.stream`. The
    encoder learns with the discriminator, the conditioner with the generator.

    Args:
        generator: latents and condition, joined -> images.
        discriminator: `features` and `texts` -> logits.
        trunk: images -> features.
        encoder: ids int32 `[batch, length]` -> texts, float `[batch, n]`.
        conditioner: texts -> the law of the condition.
        words: the vocabulary, str, see `data.vocabulary`.
        examples: texts of samples for which none is asked, in turn.
        kl_weight: float >= 0, of the law's divergence to N(0, I).
        **kwargs: of `GAN`; `prior`, a `priors.Product` of latents and noise.

    Raises:
        UserError: an argument is out of range, or an example has no known
            word.
    """

    network_names: tuple[str, ...] = (
        "generator",
        "discriminator",
        "trunk",
        "encoder",
        "conditioner",
    )
    round_class = TextRound

    def __init__(self, *players, words, examples, kl_weight=2.0, **kwargs):
        super().__init__(*players, **kwargs)
        checks.at_least(0.0, kl_weight=kl_weight)
        self.kl_weight = kl_weight
        # Not an attribute of the model itself, as `_traced`.
        self._texts = types.SimpleNamespace(
            words=tuple(words), examples=tuple(examples)
        )
        self._texts.ids = self._ids_of_examples()

    def turns(self):
        """The discriminator's, with the encoder, and the generator's."""
        first, _ = super().turns()
        judges = "discriminator", "trunk", "encoder"
        return [
            Turn("discriminator", judges, first.repeats),
            Turn("generator", ("generator", "conditioner")),
        ]

    def inputs(self, minibatch, draw):
        """What is drawn, beside the texts' ids."""
        if not isinstance(minibatch, tuple):
            raise UserError("Images and texts were expected. Received: images")
        return super().inputs(minibatch, draw) | {"ids": minibatch[1]}

    def given(self, drawn, law):
        """What the generator is given.

        Args:
            drawn: of `inputs` or `sample_inputs`.
            law: what the conditioner makes of the texts.
        """
        condition = self._augmented(law, drawn["noise"])
        return layers.Concatenate()([drawn["latents"], condition])

    def discriminator_cost(self, round):
        """Half of it against samples, half against wrong texts, as released.

        A text that is another's and the image's own is no wrong one: a sample
        takes its place.
        """
        fake = round.fake_logits
        wrong = tf.where(round.differ, round.wrong_logits, fake)
        real = round.real_logits
        return [
            0.5 * self.discriminator_loss(real, logits)
            for logits in (fake, wrong)
        ]

    def generator_cost(self, round):
        """The plain cost, and the divergence of the condition."""
        return [
            *super().generator_cost(round),
            self.kl_weight * round.divergence,
        ]

    def metrics_of(self, round):
        """As `GAN`'s; of wrong texts, and the divergence."""
        found, known = super().metrics_of(round), vars(round)
        if "wrong_logits" in known:
            decides_real = decisions.of(self.discriminator_loss)
            logits = tf.cast(round.wrong_logits, tf.float32)
            found["accuracy/wrong_text"] = metrics.fraction(
                ~decides_real(logits)
            )
        if "divergence" in known:
            found["divergence/condition"] = tf.reduce_mean(round.divergence)
        return found

    @property
    def words(self):
        """The vocabulary, a tuple of str."""
        return self._texts.words

    @property
    def examples(self):
        """Texts of samples for which none is asked, a tuple of str."""
        return self._texts.examples

    @property
    def sampler(self):
        """Ids and what is drawn -> images: the averaged networks in a row."""
        if not hasattr(self._traced, "sampler"):
            with tf.init_scope():
                self._traced.sampler = self._chained()
        return self._traced.sampler

    def _chained(self):
        drawn = {
            name: keras.Input(spec.shape[1:], dtype=spec.dtype.name, name=name)
            for name, spec in self.generator_spec.items()
        }
        texts = self.trained("encoder")(drawn["ids"])
        law = self.trained("conditioner")(texts)
        images = self.trained("generator")(self.given(drawn, law))
        return keras.Model(drawn, images, name="sampler")

    def _augmented(self, law, noise):
        return conditioning.ConditioningAugmentation(dtype="float32")(
            law, noise
        )

    @property
    def generator_spec(self):
        """Of the words' numbers and of what is drawn."""
        ids = tf.TensorSpec(self.encoder.input_shape, tf.int32)
        return {"ids": ids, **self.prior.spec}

    def checked(self, inputs):
        """The inputs, whose ids must be words."""
        checks.exist(inputs["ids"], len(self.words) + 1, "word")
        return inputs

    @property
    def conditions(self):
        """A text for each sample."""
        return {"text": tf.TensorSpec([None], tf.string)}

    def sample_inputs(self, seeds, truncation=None, text=None):
        """As `GAN`'s, of texts string `[count]` or `[]`; None: the examples.

        A text without a known word ends the call.
        """
        seeds = tf.convert_to_tensor(seeds, tf.int64)
        drawn = super().sample_inputs(seeds, truncation)
        if text is None:
            places = seeds // ROW % len(self._texts.examples)
            return drawn | {"ids": tf.gather(self._texts.ids, places)}
        text = tf.broadcast_to(text, tf.shape(seeds))
        return drawn | {"ids": self._encoded(text)}

    def sample(self, seeds, **conditions):
        """As `GAN`'s; unknown words of a text are named in a warning."""
        if (text := conditions.get("text")) is not None:
            vocabulary.check_known(text, self.words)
            vocabulary.tell_unknown(text, self.words)
        return super().sample(seeds, **conditions)

    def titles(self, seeds):
        """The texts of samples for which none is asked."""
        count = len(self._texts.examples)
        return [self._texts.examples[seed // ROW % count] for seed in seeds]

    def matches(self, images, texts):
        """The discriminator's logits of images beside texts.

        Args:
            images: float `[batch, height, width, channels]` in [-1, 1].
            texts: string `[batch]`, each with a known word.

        Returns:
            float32 `[batch]`.
        """
        # It has learnt with this encoder, not with its average.
        vectors = self.encoder(self._encoded(texts), training=False)
        features = self.trunk(images, training=False)
        given = {"features": features, "texts": vectors}
        logits = flat(self.discriminator(given, training=False))
        return tf.cast(logits, tf.float32)

    def _ids_of_examples(self):
        with contextlib.suppress(tf.errors.InvalidArgumentError):
            if self.examples:
                return self._encoded(self.examples).numpy()
        raise UserError(
            "Examples with a known word were expected. Received: "
            f"{len(self.examples)} texts and {len(self.words)} words"
        )

    def _encoded(self, texts):
        length = self.encoder.input_shape[1]
        return vocabulary.encode(texts, self._texts.words, length)

    def minibatch_spec(self, batch_size):
        """Images, their texts and others'."""
        images = super().minibatch_spec(batch_size)
        shape = [batch_size, self.encoder.input_shape[1]]
        return images, *(tf.TensorSpec(shape, tf.int32) for _ in range(2))

    def get_config(self):
        """Arguments of the constructor."""
        return super().get_config() | {
            "words": list(self._texts.words),
            "examples": list(self._texts.examples),
            "kl_weight": self.kl_weight,
        }


@keras.saving.register_keras_serializable("tfgan_ref")
class SecondTextGAN(TextGAN):
    """The second stage: a generator that is given the first one's samples.

    Args:
        first: ids, `latents` and `noise` -> images of the first stage, which
            nothing moves any more; see `TextGAN.sampler`.
        **kwargs: of `TextGAN`; the generator is given a dict of
            `coarse` and `condition`, and the prior draws `second_noise`, too.
    """

    network_names = (*TextGAN.network_names, "first")

    def given(self, drawn, law):
        """The first stage's images, and a condition of the second's own."""
        coarse = {name: drawn[name] for name in self.first.input}
        return {
            "coarse": self.first(coarse, training=False),
            "condition": self._augmented(law, drawn["second_noise"]),
        }
