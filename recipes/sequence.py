r"""Strings of tokens (section 5.3): of a grammar, or SeqGAN's oracle.

    python -m recipes.sequence --workdir=runs/grammar
    python -m recipes.sequence --task=oracle --discriminator=convolution \
        --pretrain_steps=1600 --train_steps=4000 --workdir=runs/oracle

Two LSTMs. For --pretrain_steps the generator learns by maximum likelihood, then
in the game. Of a grammar, arithmetic or that of a file, each evaluation has the
share of valid samples, which a parser decides; of the oracle, an LSTM of random
weights, how probable samples are to it, and its entropy, the floor (Yu et al.
2017). Both have the likelihood of held-out strings, which tells what a
generator has lost. In the end both phases stand side by side; where
--pretrain_steps are all of --train_steps, there is likelihood alone.

In pictures of samples what is not of the grammar is red, an empty string a box.
"""

import pathlib

from absl import flags, logging

from recipes.common import define, evaluation, game, learning_rates, rewards
from recipes.common import run as common
from tfgan_ref.errors import UserError

_TASK = flags.DEFINE_enum(
    "task", "grammar", ["grammar", "oracle"], "Whose strings they are."
)
_DATASET = flags.DEFINE_string(
    "dataset",
    "arithmetic",
    "The grammar: arithmetic, S -> x | S+S | S-S | S*S | S/S; or a file of "
    "rules, one a line.",
)
_LENGTH = define.whole(
    "length",
    None,
    "Tokens of a string, of a grammar at most; unset: 12, of the oracle 8.",
    low=2,
    high=64,
)
_STRINGS = define.whole(
    "strings",
    None,
    "To learn from; unset: 5000, of the oracle 10000.",
    high=2**20,
)
_VOCABULARY = define.whole(
    "vocabulary",
    50,
    "Tokens of the oracle; 5000 in the paper.",
    low=2,
    high=5000,
)
_ORACLE_SEED = define.whole(
    "oracle_seed", 0, "Of the oracle.", low=0, high=2**32 - 1
)
_ESTIMATOR = flags.DEFINE_enum(
    "estimator",
    "reinforce",
    ["reinforce", "boundary_seeking", "gumbel_softmax", "straight_through"],
    "What the generator learns from in the game.",
)
_ROLLOUTS = define.whole(
    "rollouts",
    0,
    "Of reinforce, from each token on; 16 in the paper; 0: a string's reward "
    "is that of all its tokens.",
    low=0,
    high=64,
)
_TEMPERATURE = define.number(
    "temperature", 0.2, "Of gumbel_softmax and straight_through.", above=True
)
_BASELINE = flags.DEFINE_bool(
    "baseline", True, "Of reinforce and boundary_seeking; none in the paper."
)
_REWARD = flags.DEFINE_enum(
    "reward",
    None,
    rewards.NAMES,
    "What the generator gets for a string: log D / (1 - D), log D, or D, which "
    "is SeqGAN's; unset: the first of reinforce, the second of the relaxed.",
)
_PRETRAIN_STEPS = define.whole(
    "pretrain_steps", 250, "Of maximum likelihood.", low=0
)
_PRETRAIN_LR = define.number(
    "pretrain_lr", 5e-3, "Of the generator in these; --generator_lr: after."
)
_UNITS = define.width("units", 32, "Of the generator's LSTM.")
_EMBEDDING_DIM = define.width("embedding_dim", 32, "Of a token.")
_DISCRIMINATOR = flags.DEFINE_enum(
    "discriminator",
    "lstm",
    ["lstm", "convolution"],
    "What reads the strings; a convolution of runs of tokens in SeqGAN.",
)
_DISCRIMINATOR_UNITS = define.width(
    "discriminator_units", 64, "Of its LSTM, or of each convolution."
)
_EVAL_SAMPLES = define.whole(
    "eval_samples", 2000, "Samples that are judged.", high=2**20
)
_PICTURED = 64  # Samples.

flags.set_default(common.TRAIN_STEPS, 1000)
flags.set_default(common.BATCH_SIZE, 256)
flags.set_default(game.GENERATOR_LR, 3e-4)
flags.set_default(game.DISCRIMINATOR_LR, 3e-3)
flags.set_default(common.EMA_DECAY, 0.0)
flags.set_default(game.SIMULTANEOUS, False)
flags.set_default(evaluation.EVAL_EVERY, 250)


def main():
    """Builds, compiles and trains the game that the flags describe."""
    _check_flags()
    strategy = common.make_strategy()

    from tfgan_ref.data import strings
    from tfgan_ref.evaluation import result, string_scores
    from tfgan_ref.models import strings as models

    data, held_out, scores, is_valid = _data()
    logging.info("%s: %s", data.name, data.summary)
    options = {}
    if _ESTIMATOR.value == "reinforce":
        options["rollouts"] = _ROLLOUTS.value
    with strategy.scope():
        gan = models.build(
            data.symbols,
            data.tokens.shape[1],
            _ESTIMATOR.value,
            pretrain_steps=_PRETRAIN_STEPS.value,
            temperature=_TEMPERATURE.value,
            baseline=_BASELINE.value,
            units=_UNITS.value,
            embedding_dim=_EMBEDDING_DIM.value,
            discriminator_units=_DISCRIMINATOR_UNITS.value,
            convolutions=_DISCRIMINATOR.value == "convolution",
            ema_decay=common.EMA_DECAY.value,
            seed=common.SEED.value,
            **options,
        )
        is_weighted = _ESTIMATOR.value == "boundary_seeking"
        game.compile_gan(
            gan,
            discriminator_loss=game.discriminator_loss(),
            **(
                {}
                if is_weighted
                else {"generator_loss": rewards.cost(_REWARD.value)}
            ),
            **_optimizer(),
        )
    likelihood = string_scores.Likelihood(strings.one_hot(held_out))
    status = common.train(
        gan,
        data,
        stream=strings.stream,
        evaluate=result.together([scores, likelihood]),
        evaluating={
            "eval_every": evaluation.EVAL_EVERY.value,
            "eval_at": _end_of_likelihood(),
        },
        draw=string_scores.Page(data.symbols, is_valid),
        sample_count=_PICTURED,
    )
    if common.is_told(status, strategy):
        _print_phases()
    return status


def _optimizer():
    """The generator's, with a learning rate of each phase, if there are two."""
    from keras.optimizers.schedules import PiecewiseConstantDecay

    from tfgan_ref.optimizers import FusedAdam

    if not _PRETRAIN_STEPS.value or _falls():
        return {}
    rates = [_PRETRAIN_LR.value, game.GENERATOR_LR.value]
    falling = PiecewiseConstantDecay([_PRETRAIN_STEPS.value - 1], rates)
    optimizer = FusedAdam(falling, beta_1=game.BETA_1.value)
    return {"generator_optimizer": optimizer}


def _falls():
    """Whether one schedule goes through both phases."""
    return learning_rates.SCHEDULE.value not in (None, "constant")


def _data():
    """Strings, held-out ones, the scores of samples, what is valid."""
    from tfgan_ref.data import strings
    from tfgan_ref.evaluation import string_scores

    is_oracle = _TASK.value == "oracle"
    length = _LENGTH.value or (8 if is_oracle else 12)
    count = _STRINGS.value or (10_000 if is_oracle else 5000)
    samples = _EVAL_SAMPLES.value
    if is_oracle:
        from tfgan_ref.models import strings as models

        seed = _ORACLE_SEED.value
        network = models.oracle(_VOCABULARY.value, length, seed=seed)
        data, held_out = (
            strings.of_network("oracle", network, number, [seed, k])
            for k, number in enumerate((count, samples))
        )
        judge = string_scores.OracleLikelihood(
            network.get_layer("strings"), strings.one_hot(held_out)
        )
        return data, held_out, judge, lambda _: True
    grammar = _grammar(length)
    data, held_out = (
        strings.of_grammar(_DATASET.value, grammar, length, number, seed)
        for seed, number in enumerate((count, samples))
    )
    scores = string_scores.Validity(grammar.accepts, samples)
    return data, held_out, scores, grammar.accepts


def _grammar(length):
    """Of strings of so many characters at most."""
    from tfgan_ref.data.grammar import ARITHMETIC, Grammar

    if _DATASET.value == "arithmetic":
        return Grammar(ARITHMETIC)
    path, text = _rules()
    try:
        grammar = Grammar(text)
    except UserError as error:
        raise UserError(f"{path}: {error}") from None
    if not grammar.lengths(length):
        raise UserError(
            f"--length must be more, for all strings of {path} are longer. "
            f"Received: {length}"
        )
    return grammar


def _rules():
    """Path and text of the file that --dataset names."""
    from tfgan_ref import inputs

    path = pathlib.Path(_DATASET.value).expanduser()
    if not path.exists():
        raise UserError(
            "--dataset=arithmetic or a file of rules was expected. "
            f"Received: {_DATASET.value}"
        )
    return path, inputs.read_text(path)


def _end_of_likelihood():
    """The step at which the game begins, if there are both."""
    is_within = 0 < _PRETRAIN_STEPS.value < common.TRAIN_STEPS.value
    return (_PRETRAIN_STEPS.value,) if is_within else ()


def _print_phases():
    """Prints the scores where each phase that there was has ended."""
    from tfgan_ref.training.workdir import WorkDir

    workdir = WorkDir(str(flags.FLAGS["workdir"].value))
    records = [r for r in workdir.read_metrics() if "eval/nll" in r]
    last = _PRETRAIN_STEPS.value
    likelihood = [r for r in records if r["step"] <= last]
    played = [r for r in records if r["step"] > last]
    for phase, found in (
        ("maximum likelihood", likelihood),
        ("the game", played),
    ):
        if found:
            scores = ", ".join(
                f"{name.removeprefix('eval/')} {value:.4f}"
                for name, value in found[-1].items()
                if name.startswith("eval/")
            )
            print(f"After {phase}, step {found[-1]['step']}: {scores}")


def _check_flags():
    """Refuses what would have no effect."""
    estimator = f"--estimator={_ESTIMATOR.value}"
    common.refuse_unused("where z is the noise of each token", "latent_dim")
    if _TASK.value == "oracle":
        common.refuse_unused("--task=oracle", "dataset")
    else:
        common.refuse_unused("--task=grammar", "vocabulary", "oracle_seed")
    if not _PRETRAIN_STEPS.value:
        common.refuse_unused("--pretrain_steps=0", "pretrain_lr")
    if _falls():
        schedule = f"--lr_schedule={learning_rates.SCHEDULE.value}"
        common.refuse_unused(schedule, "pretrain_lr")
        flags.FLAGS["pretrain_lr"].value = None  # As config.json says it.
    if _ESTIMATOR.value not in ("gumbel_softmax", "straight_through"):
        common.refuse_unused(estimator, "temperature")
    if _ESTIMATOR.value not in ("reinforce", "boundary_seeking"):
        common.refuse_unused(estimator, "baseline")
    if _ESTIMATOR.value == "boundary_seeking":
        common.refuse_unused(estimator, "reward")
    elif _REWARD.value is None:
        is_scored = _ESTIMATOR.value == "reinforce"
        flags.FLAGS["reward"].value = "logit" if is_scored else "log_d"
    if _ESTIMATOR.value != "reinforce":
        common.refuse_unused(estimator, "rollouts")


if __name__ == "__main__":
    common.run(main)
