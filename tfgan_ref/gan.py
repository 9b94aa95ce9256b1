"""GAN: networks that play a game, in turns or all at once.

The step is Algorithm 1 of Goodfellow et al. (2014) with the tutorial's
simultaneous gradient descent (Goodfellow 2016, section 3.1) as its default.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

import keras
import tensorflow as tf

from tfgan_ref import (
    augmentation,
    checks,
    configuration,
    gradients,
    metrics,
    optimizer_checks,
)
from tfgan_ref.losses import adversarial, decisions
from tfgan_ref.players import Players
from tfgan_ref.round import Round, regularization
from tfgan_ref.spatial_first import network as spatial_first_network
from tfgan_ref.turn import Turn


@keras.saving.register_keras_serializable("tfgan_ref")
class GAN(Players):
    """A generator and a discriminator that play a game.

    A game of its own is a subclass that overrides one or more of:

    - `generator_loss`, `discriminator_loss`: functions of logits;
    - `network_names` and `turns`: what there is, and who moves when;
    - `inputs`, `sample_inputs`: what the generator is given, of which
      `generator_inputs` makes it where it has to be looked for;
    - `is_of_examples`: whether that is made of real examples;
    - `round_class`: what costs can ask of a minibatch, see `Round`;
    - `generator_cost`, `discriminator_cost`, ...: lists of terms of a round;
    - `metrics_of`: what a step reports beside the costs;
    - `endpoints`: what is served.

    Create and compile it inside `strategy.scope()`. It then trains with `fit`
    on minibatches of examples, or of tuples that begin with them.

    Args:
        generator: `keras.Model`, latents `[batch, latent_dim]` -> examples,
            images float `[batch, height, width, channels]` in [-1, 1].
        discriminator: `keras.Model`, examples -> logits `[batch]`.
        prior: of `tfgan_ref.priors`; None: `Uniform` of as many numbers as the
            generator takes.
        ema_decay: float in [0, 1), decay per step of the exponential moving
            average of the generator's weights; 0 keeps none.
        discriminator_ema_decay: the same of the discriminator's.
        averages: name of a network -> decay, for other networks.
        seed: int; the latents of the global batch are a function of it and
            of the step, and each replica takes its rows.
        name: of the model.
        **others: further networks of `network_names`.

    Attributes:
        step: int64 variable, how many steps were made.
        ema_generator: `keras.Model` or None, the averaged generator; and so
            for every network.

    Raises:
        UserError: a decay is out of range, or the networks do not fit together.
    """

    round_class: type[Round] = Round
    _spatial_first: Collection[int] = ()  # Before `compile`.

    gan_weight = 1.0  # Of the adversarial term; 0: D has no turn.
    discriminator_steps = 1  # Until `compile` says.
    generator_steps = 1
    diff_augment: Collection[str] = ()

    # The game. Functions of logits; `compile` may replace them.
    discriminator_loss: Callable = staticmethod(
        adversarial.minimax_discriminator_loss
    )
    generator_loss: Callable = staticmethod(
        adversarial.non_saturating_generator_loss
    )

    def turns(self):
        """Who moves, in this order: a list of `Turn`.

        The first turn's repeats take a minibatch each; the others see the last
        of them.
        """
        discriminator = Turn(
            "discriminator", ("discriminator",), self.discriminator_steps
        )
        return [
            *([discriminator] if self.gan_weight else []),
            Turn("generator", ("generator",), self.generator_steps),
        ]

    def schedule(self):
        """The rounds of a step: lists of the turns that are taken at once."""
        first, *others = self.turns()
        rounds = [[first]] * first.repeats
        if self.simultaneous:
            return [*rounds[:-1], [first, *others]]
        return rounds + [[turn] for turn in others for _ in range(turn.repeats)]

    def minibatch_spec(self, batch_size):
        """`tf.TensorSpec` of a minibatch, or a tuple of them.

        Args:
            batch_size: int.
        """
        # A discriminator may be given more than the examples.
        shape = self.generator.output_shape[1:]
        return tf.TensorSpec([batch_size, *shape], tf.float32)

    @property
    def optimizer_names(self):
        """The optimizers that `compile` takes, a set of attributes' names.

        The two that every game has, used or not, and one for each turn.
        """
        turns = {f"{turn.name}_optimizer" for turn in self.turns()}
        return turns | {"generator_optimizer", "discriminator_optimizer"}

    def step_passes(self):
        """Name -> passes per step, where rounds do not tell; else None."""
        return None

    def compile(
        self,
        generator_optimizer="adam",
        discriminator_optimizer="adam",
        *,
        generator_loss=None,
        discriminator_loss=None,
        discriminator_steps=1,
        simultaneous=True,
        diff_augment=(),
        steps_per_execution=1,
        jit_compile=False,
        run_eagerly=False,
        spatial_first=True,
        **optimizers,
    ):
        """Chooses the game, the optimizers and the protocol.

        Args:
            generator_optimizer: `keras.optimizers.Optimizer`, made in scope, or
                the name of one.
            discriminator_optimizer: the same, another object.
            generator_loss: function `fake_logits` -> costs `[batch]`; None
                keeps the one there is, at first the class's own.
            discriminator_loss: function `(real_logits, fake_logits)` -> costs
                `[batch]`; None as above.
            discriminator_steps: int >= 1, k of Algorithm 1: discriminator
                updates per generator update, each on a minibatch of its own.
            simultaneous: bool. True takes all gradients at the same
                parameters, from one round, and then applies them (k > 1: the
                last of the k). False updates the discriminator k times and
                then, with other latents, the generator.
            diff_augment: names of `augmentation.POLICIES`: how all images are
                changed at random before the discriminator sees them.
            steps_per_execution: int >= 1, steps per call of the compiled
                function; callbacks run between the calls.
            jit_compile: bool, compile the step with XLA (one device only),
                which draws other latents from the same seed.
            run_eagerly: bool, for debugging.
            spatial_first: bool, run each network that
                `spatial_first.network` supports with height and width before
                the batch: the same numbers up to rounding, in less time. Not
                with XLA.
            **optimizers: `<turn>_optimizer` of the other turns, if any.

        Raises:
            UserError: a number below 1, steps of a discriminator that has no
                turn, an argument that is none, one optimizer for two turns,
                XLA on several replicas, or what a step could not honour, see
                `checks`.
        """
        checks.positive(
            discriminator_steps=discriminator_steps,
            steps_per_execution=steps_per_execution,
        )
        self.discriminator_steps = discriminator_steps
        optimizers |= {
            "generator_optimizer": generator_optimizer,
            "discriminator_optimizer": discriminator_optimizer,
        }
        checks.names(self, optimizers)
        with self.distribute_strategy.scope():
            optimizers = {
                name: optimizer_checks.get(name, given)
                for name, given in optimizers.items()
            }
        checks.compilation(self, optimizers, simultaneous, jit_compile)
        policies = augmentation.checked(diff_augment, self.generator)
        super().compile(
            # None: the default would add an optimizer that nobody asked for.
            optimizer=None,
            steps_per_execution=steps_per_execution,
            jit_compile=jit_compile,
            run_eagerly=run_eagerly,
        )
        checks.functions(
            generator_loss=generator_loss, discriminator_loss=discriminator_loss
        )
        if generator_loss is not None:
            self.generator_loss = generator_loss
        if discriminator_loss is not None:
            self.discriminator_loss = discriminator_loss
        self.minibatches_per_step = self.turns()[0].repeats
        self.simultaneous = simultaneous
        self.diff_augment = policies
        self.spatial_first = spatial_first
        self._spatial_first = {
            id(network)
            for network in self.networks.values()
            if spatial_first and spatial_first_network.supports(network)
        }
        with self.distribute_strategy.scope():
            for name, optimizer in optimizers.items():
                setattr(self, name, optimizer)
            for turn in self.turns():
                # Lazily, inside a replica function, it could not be built.
                self._optimizer(turn).build(self.variables_of(turn))

    def inputs(self, minibatch, draw):
        """What the generator is given beside a minibatch, on this replica.

        Args:
            minibatch: of the round.
            draw: int, tells the draws of one step apart.

        Returns:
            Rows of the prior, as many as there are examples.
        """
        examples = tf.nest.flatten(minibatch)[0]
        return self.rows(self.prior.draw, keras.ops.shape(examples)[0], draw)

    def generator_cost(self, round):
        """The generator's cost, a list of terms.

        A term is float32 `[n, ...]`, which the step averages over the global
        batch, or a scalar, already the same on all replicas.
        """
        return [self.generator_loss(round.fake_logits)]

    def discriminator_cost(self, round):
        """The discriminator's cost, a list of terms."""
        return [self.discriminator_loss(round.real_logits, round.fake_logits)]

    def metrics_of(self, round):
        """What a round shows beside the costs, before the updates.

        It may read what was computed, `vars(round)`, and nothing else.

        Returns:
            dict of float32 scalars, means over this replica's examples, and of
            vectors `logits/...`.
        """
        if not {"real_logits", "fake_logits"} <= vars(round).keys():
            return {}
        return metrics.discriminator(
            round.real_logits,
            round.fake_logits,
            decisions.of(self.discriminator_loss),
        )

    def train_step(self, minibatches):
        """The updates of one step, on one replica.

        Args:
            minibatches: list of `minibatches_per_step` of them.

        Returns:
            dict of the last updates' metrics: float32 scalars, the logits
            `logits/real` and `logits/fake`, float32 `[batch]`, and lists of
            gradients, whose norms are `gradient_norm/<network>`.
        """
        logs: dict[str, tf.Tensor] = {}
        for draw, turns in enumerate(self.schedule()):
            minibatch = minibatches[min(draw, len(minibatches) - 1)]
            logs |= self.play(turns, minibatch, draw)
        return logs

    def test_step(self, minibatch):
        """The costs of all turns without updates, in inference mode."""
        # Training draws for numbers >= 0.
        round = self.round_class(self, minibatch, draw=-1, training=False)
        logs = {
            f"loss/{turn.name}": self.cost(turn, round) for turn in self.turns()
        }
        return logs | self.metrics_of(round)

    def play(self, turns, minibatch, draw):
        """Takes turns at once: a round, the costs, the gradients, the updates.

        Args:
            turns: list of `Turn`.
            minibatch: of this replica.
            draw: int, tells the draws of one step apart.

        Returns:
            dict, metrics, see `train_step`.
        """
        round = self.round_class(self, minibatch, draw)
        with tf.GradientTape(persistent=len(turns) > 1) as tape:
            costs = {turn.name: self.cost(turn, round) for turn in turns}
            shares = {
                name: self.per_replica(cost) for name, cost in costs.items()
            }
        found = gradients.of_turns(self, tape, turns, shares, round)
        logs = {f"loss/{name}": cost for name, cost in costs.items()}
        logs |= self.metrics_of(round)
        return logs | self.update(turns, found, round, costs)

    def update(self, turns, found, round, costs):
        """Moves the networks of turns.

        Args:
            turns: list of `Turn`.
            found: name of a turn -> gradients of `variables_of` it.
            round: which they are of.
            costs: name of a turn -> scalar.

        Returns:
            dict, what `gradients.by_network` says of each.
        """
        logs: dict[str, list] = {}
        for turn in turns:
            moving = gradients.after(
                round, list(costs.values()), found[turn.name]
            )
            logs |= gradients.by_network(self, turn, moving)
            self._optimizer(turn).apply(moving, self.variables_of(turn))
        return logs

    def cost(self, turn, round):
        """The mean cost of a turn on this replica, scalar.

        Its terms, and what its networks' layers and regularisers add.
        """
        terms = [
            tf.reduce_mean(term)
            for term in getattr(self, f"{turn.name}_cost")(round)
        ]
        terms += round.losses_of(turn.moves)
        for name in turn.moves:
            terms += regularization(getattr(self, name))
        return tf.add_n(terms) if len(terms) > 1 else terms[0]

    def forward(self, network, inputs, training):
        """A pass through a network, spatial first where that is faster."""
        if training and id(network) in self._spatial_first:
            if not self.jit_compile:
                return spatial_first_network.run(network, inputs)
        return network(inputs, training=training)

    @property
    def is_zero_sum(self):
        """Whether one backward pass is enough for both players."""
        mine = type(self)
        return (
            mine.generator_cost is GAN.generator_cost
            and mine.discriminator_cost is GAN.discriminator_cost
            and adversarial.is_zero_sum(
                self.discriminator_loss, self.generator_loss
            )
            and not any(network.losses for network in self.networks.values())
        )

    def variables_of(self, turn):
        """The variables that a turn moves, as its optimizer knows them."""
        return [
            variable
            for name in turn.moves
            for variable in getattr(self, name).trainable_variables
        ]

    def _optimizer(self, turn):
        return getattr(self, f"{turn.name}_optimizer")

    def get_compile_config(self):
        """Arguments of `compile`; None before it was called."""
        return configuration.of_compilation(self) if self.compiled else None

    def compile_from_config(self, config):
        """Compiles as a saved GAN was."""
        self.compile(**configuration.compilation(config))
