"""--init_from: a new run of a recipe from the weights of another."""

import shutil

import numpy as np
import pytest
import tensorflow as tf
from absl import flags

from tests.recipes import alone
from tfgan_ref.errors import UserError
from tfgan_ref.training.workdir import WorkDir

SMALL = ["--dataset=digits", "--batch_size=8", "--width=2", "--latent_dim=3"]
SMALL += ["--train_steps=1", "--log_every=1", "--ema_decay=0"]


def dcgan(workdir, *arguments):
    with alone.imported("recipes.dcgan") as module:
        flags.FLAGS(["dcgan", f"--workdir={workdir}", *SMALL, *arguments])
        return module.main()


def weights(workdir, step):
    """The generator's, by name, with what Adam keeps beside."""
    prefix = workdir / "checkpoints" / f"ckpt-{step}"
    reader = tf.train.load_checkpoint(str(prefix))
    return {
        name: reader.get_tensor(name)
        for name in reader.get_variable_to_shape_map()
        if "/generator/" in name and "moving" not in name
    }


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A run of one step."""
    workdir = tmp_path_factory.mktemp("first") / "run"
    assert dcgan(workdir) == 0
    return workdir


def check_begun(workdir, source):
    """The generator, whose learning rate is 0, is still what it was."""
    begun, ended = weights(source, 1), weights(workdir, 1)
    assert begun.keys() == ended.keys()
    for name, value in begun.items():
        np.testing.assert_array_equal(ended[name], value)


def test_a_run_begins_there_and_goes_on_without(
    first, tmp_path, capsys, caplog
):
    source, workdir = tmp_path / "source", tmp_path / "second"
    shutil.copytree(first, source)
    given = f"--init_from={source}"
    others = ["--generator_lr=0", "--seed=5"]
    assert dcgan(workdir, given, *others, "--dry_run") == 0
    assert not workdir.exists() and '"sha256"' in capsys.readouterr().out
    assert dcgan(workdir, given, *others) == 0
    check_begun(workdir, source)
    told = WorkDir(workdir).read_config()["settings"]["init_from"]
    assert told["path"] == str(source) and told["step"] == 1
    assert len(told["sha256"]) == 64

    # One that ended before it had a checkpoint begins there once more.
    shutil.rmtree(workdir / "checkpoints")
    assert dcgan(workdir, *others) == 0
    assert "run there has no checkpoint: it begins anew" in caplog.text
    check_begun(workdir, source)

    # Then the source is not needed any more.
    shutil.rmtree(source)
    assert dcgan(workdir, f"{given}/", *others, "--train_steps=2") == 0
    settings = WorkDir(workdir).read_config()["settings"]
    assert settings["init_from"] == told
    with pytest.raises(UserError, match="init_from=.*Received: init_from=els"):
        dcgan(workdir, "--init_from=elsewhere", *others, "--train_steps=3")


def test_a_refused_run_says_how_to_begin_one_from_its_weights(first):
    with pytest.raises(UserError) as caught:
        dcgan(first, "--generator_lr=0.5")
    assert str(caught.value) == (
        f"{first} holds a run with generator_lr=0.0002. "
        "Received: generator_lr=0.5. Choose another workdir, in which a new "
        f"run can begin from its weights: --init_from={first}"
    )
    with pytest.raises(UserError, match=f"Received: init_from={first}"):
        dcgan(first, f"--init_from={first}")


def test_other_networks_are_refused_before_anything_is_written(first, tmp_path):
    workdir = tmp_path / "wider"
    said = r"does not fit the generator: .*kernel of shape \[4, 196\] was"
    with pytest.raises(UserError, match=said):
        dcgan(workdir, "--latent_dim=4", f"--init_from={first}")
    with pytest.raises(UserError, match="neither an export"):
        dcgan(workdir, f"--init_from={tmp_path}/nothing")
    assert not workdir.exists()
