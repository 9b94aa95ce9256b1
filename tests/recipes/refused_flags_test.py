"""Flags that were given and would have no effect are refused by name."""

import pytest
from absl import flags

from tests.recipes import alone
from tfgan_ref import runtime
from tfgan_ref.errors import UserError

OF_METRICS = ["--extractor=pixels", "--eval_count=9", "--eval_share=0.5"]
OF_METRICS += ["--keep_best=fid/pixels"]
OF_DISCRIMINATOR = ["--discriminator_lr=0.1", "--discriminator_steps=2"]
OF_DISCRIMINATOR += ["--real_target=0.9", "--simultaneous=False"]
PRETRAIN_LR = ["--pretrain_lr=0.01"]
# Recipe -> triples of what makes flags useless, how the message says it, and
# these flags.
CASES = {
    "dcgan": [
        ([], "with --normalization=batch", ["--reference_size=3"]),
        ([], "without --strategy=multi_worker", ["--worker_timeout=7.5"]),
        ([], "without --strategy=multi_worker", ["--preempted_status=3"]),
        (
            ["--strategy=mirrored"],
            "with --strategy=mirrored",
            ["--jit_compile=auto", "--precision=auto"],
        ),
        ([], "without --metrics", ["--eval_every=7", *OF_METRICS]),
        (["--metrics=swd"], "with --metrics=swd", ["--extractor=pixels"]),
        (
            ["--dataset=digits"],
            "with --dataset=digits",
            ["--fit=pad", "--background=red"],
        ),
        ([], "without --fit=pad", ["--background=red"]),
        (["--fit=stretch"], "without --fit=pad", ["--background=red"]),
    ],
    "conditional": [
        ([], "without --metrics", ["--eval_every=7", *OF_METRICS]),
        (["--kind=projection"], "with --game=hinge", ["--real_target=0.9"]),
    ],
    "catgan": [
        (
            [],
            "where entropies are the costs",
            ["--real_target=0.9"],
        ),
        (
            [],
            "without --labels",
            ["--label_seed=2", "--label_weight=0.5"],
        ),
        (["--labels=10"], "with --labels=10", ["--categories=3"]),
        ([], "without --metrics", OF_METRICS),
    ],
    "imitation": [
        (
            [],
            "where a policy acts",
            ["--latent_dim=7", "--ema_decay=0.5", "--export=True"]
            + ["--steps_per_execution=2", "--init_from=x", "--lr_final=0.5"],
        ),
        ([], "with --method=gail", ["--generator_lr=0.1", "--every=3"]),
        (
            ["--method=cloning"],
            "with --method=cloning",
            ["--discriminator_lr=0.1"],
        ),
        (
            ["--method=expert"],
            "with --method=expert",
            ["--trajectories=2", "--experts=x", "--discriminator_lr=0.1"],
        ),
    ],
    "discrete": [
        ([], "where z is the noise of each category", ["--latent_dim=100"]),
        (
            [],
            "with --estimator=reinforce",
            ["--temperature=2.0", "--units=8"],
        ),
        (
            ["--estimator=boundary_seeking"],
            "with --estimator=boundary_seeking",
            ["--reward=d"],
        ),
        (
            ["--estimator=embedding"],
            "with --estimator=embedding",
            ["--baseline=False", "--temperature=1.0"],
        ),
    ],
    "infogan": [([], "without --metrics", OF_METRICS)],
    "lapgan": [
        ([], "without --metrics", ["--eval_every=7", *OF_METRICS]),
        (["--level=0"], "with --level=0", ["--width=9"]),
        (["--level=2"], "with --level=2", ["--units=9", "--latent_dim=9"]),
    ],
    "aae": [
        ([], "without --metrics", OF_METRICS),
        ([], "where codes are judged", ["--diff_augment=color"]),
        (
            [],
            "with --kind=plane",
            ["--categories=9", "--latent_dim=2"],
        ),
        ([], "with --prior=gaussian", ["--labels=10"]),
        (["--prior=ring"], "without --labels", ["--label_seed=2"]),
        (
            ["--kind=clusters"],
            "with --kind=clusters",
            ["--prior=ring", "--labels=10"],
        ),
        (["--kind=classes"], "with --kind=classes", ["--categories=9"]),
    ],
    **{
        recipe: [([], "without --metrics", OF_METRICS)]
        for recipe in ("ali", "bigan")
    },
    "feature_matching": [
        ([], "where labels train", ["--real_target=0.9"]),
        ([], "without --metrics", OF_METRICS),
        (
            ["--supervised"],
            "with --supervised",
            ["--generator_lr=0.1", "--latent_dim=100", "--ema_decay=0.5"]
            + ["--simultaneous=False", "--matching=False", "--metrics=swd"],
        ),
        ([], "with --matching", ["--game=non_saturating"]),
    ],
    "minibatch": [
        (
            [],
            "without --labels",
            ["--generator_steps=2", "--label_seed=2", "--test_split=x"]
            + ["--discriminator_ema_decay=0.9"],
        ),
        (
            ["--minibatch_features=none"],
            "with --minibatch_features=none",
            ["--minibatch_kernels=9", "--minibatch_dimension=2"]
            + ["--across_replicas=True"],
        ),
        (
            ["--networks=cifar10", "--labels=4000"],
            "with --networks=cifar10",
            ["--width=64", "--kernel_size=3"],
        ),
        (["--labels=10"], "where labels train", ["--real_target=0.9"]),
        ([], "without --metrics", ["--eval_every=7", *OF_METRICS]),
        (["--labels=10"], "without --metrics", OF_METRICS),
        ([], "on one replica", ["--across_replicas=True"]),
    ],
    "next_frame": [
        (
            [],
            "where digits are moved",
            ["--image_size=28", "--channels=1", "--augment=shift"]
            + ["--diff_augment=color", "--metrics=fid", *OF_METRICS],
        ),
        ([], "without noise", ["--latent_dim=100"]),
        (
            ["--gan_weight=0"],
            "with --gan_weight=0",
            [*OF_DISCRIMINATOR, "--pretrain_steps=7"],
        ),
    ],
    "noise_contrastive": [
        (
            [],
            "where noise fills a box",
            ["--latent_dim=7", "--ema_decay=0.5"],
        ),
        ([], "where densities are compared", ["--eval_samples=9"]),
        (
            [],
            "where D is a function of a density",
            ["--real_target=0.9"],
        ),
    ],
    "pix2pix": [
        ([], "where z is what is dropped out", ["--latent_dim=7"]),
        (
            ["--gan_weight=0"],
            "with --gan_weight=0",
            OF_DISCRIMINATOR + ["--receptive_field=34", "--diff_augment=color"],
        ),
        ([], "without --metrics", OF_METRICS),
    ],
    "ppgn": [
        ([], "where features are the latents", ["--latent_dim=7"]),
        (
            ["--gan_weight=0"],
            "with --gan_weight=0",
            [*OF_DISCRIMINATOR, "--diff_augment=color"],
        ),
    ],
    "sequence": [
        ([], "where z is the noise of each token", ["--latent_dim=100"]),
        (
            [],
            "with --task=grammar",
            ["--vocabulary=9", "--oracle_seed=1"],
        ),
        (["--task=oracle"], "with --task=oracle", ["--dataset=arithmetic"]),
        (["--pretrain_steps=0"], "with --pretrain_steps=0", PRETRAIN_LR),
        (["--lr_schedule=linear"], "with --lr_schedule=linear", PRETRAIN_LR),
        ([], "with --estimator=reinforce", ["--temperature=2.0"]),
        (
            ["--estimator=boundary_seeking"],
            "with --estimator=boundary_seeking",
            ["--reward=d", "--rollouts=2"],
        ),
        (
            ["--estimator=gumbel_softmax"],
            "with --estimator=gumbel_softmax",
            ["--baseline=False", "--rollouts=0"],
        ),
    ],
    "stacked_mnist": [
        (
            [],
            "without --classifier",
            ["--eval_samples=26000"],
        ),
        ([], "without --metrics", ["--eval_every=7", *OF_METRICS]),
        (["--classifier=x"], "without --metrics", OF_METRICS),
    ],
    "super_resolution": [
        ([], "without --metrics", OF_METRICS),
        ([], "without noise", ["--latent_dim=100"]),
        (
            ["--gan_weight=0"],
            "with --gan_weight=0",
            [*OF_DISCRIMINATOR, "--diff_augment=color", "--pretrain_steps=7"],
        ),
    ],
    "taxonomy": [
        (
            [],
            "where families are compared",
            ["--strategy=mirrored", "--precision=auto", "--log_every=7"]
            + ["--resume=False", "--diagnose=False", "--channels=1"]
            + ["--augment=shift", "--metrics=fid", *OF_METRICS],
        ),
        (
            ["--models=made,rbm"],
            "without gan in --models",
            ["--generator_lr=0.1", "--ema_decay=0.5", "--real_target=0.9"]
            + ["--simultaneous=False", "--lr_schedule=linear"],
        ),
        (
            ["--models=made,rbm"],
            "without vae or gmmn or gan in --models",
            ["--latent_dim=7"],
        ),
        (
            ["--models=gan,rbm"],
            "without made or nvp or vae or gsn or gmmn in --models",
            ["--learning_rate=0.1"],
        ),
        (
            ["--task=made_mnist"],
            "with --task=made_mnist",
            ["--latent_dim=7"],
        ),
    ],
    "text_to_image": [
        (
            ["--stage=2"],
            "with --stage=2, which has the first's",
            ["--latent_dim=7", "--text_dim=9", "--condition_dim=8"],
        ),
    ],
    "toy": [
        (
            [],
            "without --minibatch_features",
            ["--minibatch_kernels=9", "--minibatch_from_data=True"],
        ),
        (
            ["--networks=unrolled_paper"],
            "with --networks=unrolled_paper",
            ["--generator_units=9", "--discriminator_units=9"]
            + ["--minibatch_features=True"],
        ),
        (["--game=hinge"], "with --game=hinge", ["--real_target=0.9"]),
        (["--divergence=kl"], "with --game=f_gan", ["--real_target=0.9"]),
        (
            ["--game=least_squares"],
            "with --game=least_squares",
            ["--real_target=1.0"],  # As by default, but given.
        ),
    ],
    "wgan": [
        ([], "with --lipschitz=penalty", ["--clip=0.1", "--real_target=0.9"]),
        ([], "without --metrics", ["--eval_every=7", *OF_METRICS]),
        (
            ["--lipschitz=clipping"],
            "with --lipschitz=clipping",
            ["--penalty_weight=1.0", "--beta_1=0.5", "--real_target=0.9"],
        ),
    ],
    "wgan_toy": [
        ([], "with --lipschitz=penalty", ["--clip=0.1", "--real_target=0.9"]),
        (
            ["--lipschitz=clipping"],
            "with --lipschitz=clipping",
            ["--penalty_weight=1.0", "--beta_1=0.5", "--real_target=0.9"],
        ),
    ],
}


@pytest.mark.parametrize("recipe", CASES)
def test_a_flag_without_effect_is_named_beside_the_reason(recipe, tmp_path):
    for others, where, refused in CASES[recipe]:
        for flag in refused:
            with alone.imported(f"recipes.{recipe}") as module:
                workdir = f"--workdir={tmp_path / 'run'}"
                flags.FLAGS([recipe, workdir, *others, flag])
                with pytest.raises(UserError) as caught:
                    module.main()
            name = flag.partition("=")[0]
            said = f"{name} has no effect {where}. Received: {flag}"
            assert str(caught.value) == said
            assert not list(tmp_path.iterdir())


def test_two_flags_that_exclude_one_another_are_named(tmp_path):
    with alone.imported("recipes.toy") as module:
        given = ["--game=hinge", "--divergence=kl"]
        flags.FLAGS(["toy", f"--workdir={tmp_path / 'run'}", *given])
        with pytest.raises(UserError) as caught:
            module.main()
    assert str(caught.value) == (
        "--divergence is of --game=f_gan. Received: " + " ".join(given)
    )


def test_a_timeout_of_no_workers_is_refused_before_tensorflow(monkeypatch):
    def start(**_):
        raise AssertionError("TensorFlow was started")

    with alone.imported("recipes.imitation") as module:
        flags.FLAGS(["imitation", "--workdir=w", "--worker_timeout=9"])
        monkeypatch.setattr(runtime, "set_threads", start)
        with pytest.raises(UserError, match="--worker_timeout has no effect"):
            module.main()


def test_other_replicas_are_beside_those_of_the_last_start(monkeypatch):
    said = []
    with alone.imported("recipes.common.run") as run:
        monkeypatch.setattr(run.logging, "warning", lambda *x: said.append(x))
        run._tell_of_replicas({"strategy": "a"}, {"strategy": "b"})
    ((text, *values),) = said
    assert (text % tuple(values)).startswith(
        "This run was last on strategy=b, virtual_devices=None, now strategy=a"
    )
