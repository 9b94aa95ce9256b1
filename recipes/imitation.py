"""GAIL (Ho and Ermon 2016) on Gymnasium's classic control, cloning beside it.

    python -m recipes.imitation --workdir=runs/gail
    python -m recipes.imitation --method=cloning --workdir=runs/cloning
    python -m recipes.imitation --environment=Acrobot-v1 --workdir=runs/acrobot

The second is behaviour cloning of the same pairs. Experts come with the
project; those of another environment, or others, are

    python -m recipes.imitation --method=expert --workdir=runs/expert

TRPO on the environment's own reward, which ends with runs/expert/experts.json
for --experts. The project's own are those of this command, and of Acrobot-v1
with --environment=Acrobot-v1 --every=5 --seed=1.

A step is an iteration, of cloning one update; --batch_size are its pairs, at
least, and of cloning exactly. --discriminator_lr is GAIL's, --generator_lr
cloning's. Seven seeds, as published, are --seeds=0,1,2,3,4,5,6. Gymnasium is
the extra `control`: pip install 'gymnasium>=1.0'.
"""

import json
import pathlib

from absl import flags

from recipes.common import define, game
from recipes.common import run as common
from tfgan_ref.errors import UserError

# Method -> steps and pairs, as released.
_DEFAULTS = {"gail": (301, 5000), "cloning": (1001, 128), "expert": (101, 5000)}
_METHOD = flags.DEFINE_enum(
    "method", "gail", list(_DEFAULTS), "What teaches the policy."
)
_ENVIRONMENT = flags.DEFINE_string(
    "environment",
    "CartPole-v0",
    "Of Gymnasium, with actions 0, 1, 2...; CartPole-v0 ends after 200 steps.",
)
_EXPERTS = flags.DEFINE_string(
    "experts", None, "File of their trajectories; unset, the project's own."
)
_TRAJECTORIES = define.whole(
    "trajectories", 1, "How many of the file's, the first."
)
_EVERY = define.whole(
    "every", 10, "Of an expert's pairs one in so many is written."
)
_UNITS = define.width("units", 100, "Of each hidden layer.")
_TOGETHER = 25  # Environments: 5,000 pairs are 200 steps of each.
_RECORDED = 10  # Trajectories of an expert.
# Of a GAN's steps, which none of these has.
_UNUSED = ["latent_dim", "strategy", "virtual_devices", "discriminator_steps"]
_UNUSED += ["simultaneous", "real_target", "beta_1", "ema_decay", "precision"]
_UNUSED += ["steps_per_execution", "jit_compile", "sample_every", "export"]
_UNUSED += ["diagnose", "init_from", "lr_schedule", "lr_decay_steps"]
_UNUSED += ["lr_warmup_steps", "lr_final"]
# The same of each method.
_UNUSED_BY = {
    "gail": ["generator_lr", "every"],
    "cloning": ["discriminator_lr", "every"],
    "expert": ["generator_lr", "discriminator_lr", "experts", "trajectories"],
}

flags.set_default(game.GENERATOR_LR, 1e-3)
flags.set_default(game.DISCRIMINATOR_LR, 1e-2)
flags.FLAGS.set_default("log_every", 10)
flags.FLAGS.set_default("checkpoint_every", 50)


def main():
    """Trains what the flags describe, and says how well it acts."""
    method = _METHOD.value
    common.refuse_unused("where a policy acts", *_UNUSED)
    common.refuse_unused(f"--method={method}", *_UNUSED_BY[method])
    for name, value in zip(
        ("train_steps", "batch_size"), _DEFAULTS[method], strict=True
    ):
        if flags.FLAGS[name].using_default_value:
            flags.FLAGS[name].value = value
    common.make_strategy()

    from tfgan_ref.imitation import environments, training

    made = environments.make(_ENVIRONMENT.value, _TOGETHER)
    experts = None if method == "expert" else _experts(made)
    settings = common.make_settings(_facts(made, experts))
    learner = _learner(made, experts)
    if common.DRY_RUN.value:
        print(json.dumps(settings, indent=2))
        for network in learner.layers:
            print(f"{network.name:14} {network.count_params():>12,} parameters")
        print("Dry run: nothing was trained, nothing was written.")
        return 0
    config = common.make_config()
    result = training.train(
        learner, config, settings=settings, free=common.FREE | {"experts"}
    )
    return _end(learner, config, result, experts)


def _experts(made):
    """The trajectories that the flags name."""
    from tfgan_ref import inputs
    from tfgan_ref.imitation import trajectories

    path = _EXPERTS.value or trajectories.recorded(made.name)
    try:
        return trajectories.read(path, made, _TRAJECTORIES.value)
    except inputs.MissingFile:
        if _EXPERTS.value:
            raise
        raise UserError(
            f"The project has no experts of {made.name}: --method=expert makes "
            "some, and --experts takes them"
        ) from None


def _facts(made, experts):
    """What is learned from, JSON values."""
    import hashlib

    facts = {"environment": made.name, "limit": made.limit}
    if experts is None:
        return facts
    content = experts.observations.tobytes() + experts.actions.tobytes()
    return facts | {
        "pairs": len(experts.actions),
        "returns": experts.returns.tolist(),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _learner(made, experts):
    from tfgan_ref.imitation.cloning import Cloning
    from tfgan_ref.imitation.expert import Expert
    from tfgan_ref.imitation.gail import GAIL

    given = {"units": _UNITS.value, "seed": common.SEED.value}
    size = common.BATCH_SIZE.value
    if _METHOD.value == "expert":
        return Expert(made, pairs=size, **given)
    if _METHOD.value == "gail":
        rate = game.DISCRIMINATOR_LR.value
        return GAIL(made, experts, pairs=size, learning_rate=rate, **given)
    rate = game.GENERATOR_LR.value
    return Cloning(made, experts, batch_size=size, learning_rate=rate, **given)


def _end(learner, config, result, experts) -> int:
    """Prints what came out, and writes an expert's trajectories."""
    from recipes.common import report

    if result.signal is not None:
        return report.print_stop(config, result)
    print(report.summary(config, result))
    _print_returns(config, experts)
    if _METHOD.value == "expert":
        _write(learner, pathlib.Path(config.workdir) / "experts.json")
    report.print_tensorboard(config.workdir)
    return 0


def _print_returns(config, experts):
    """A table: the policy's returns and the experts'."""
    from tfgan_ref.imitation.training import EPISODES
    from tfgan_ref.training.workdir import WorkDir

    last = WorkDir(config.workdir).read_metrics()[-1]
    who = f"{_METHOD.value}, seed {config.seed}, {EPISODES} episodes"
    print(f"{'returns in ' + _ENVIRONMENT.value:40} {'mean':>8} {'s.d.':>8}")
    print(
        f"{who:40} {last['eval/return']:8.1f} "
        f"{last['eval/return_deviation']:8.1f}"
    )
    if experts is not None:
        returns = experts.returns
        who = f"experts, {len(returns)} episodes, {len(experts.actions)} pairs"
        print(f"{who:40} {returns.mean():8.1f} {returns.std():8.1f}")


def _write(learner, path):
    import numpy as np

    from tfgan_ref.imitation import trajectories

    path = path.expanduser()
    rng = np.random.default_rng(common.SEED.value)
    trajectories.write(
        path,
        learner.environments.name,
        learner.evaluate(_RECORDED),
        _EVERY.value,
        rng,
    )
    print(f"  experts      {path}")


if __name__ == "__main__":
    common.run(main)
