import os
import subprocess
import tempfile
import textwrap

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests import forked
from tests.literal_path_test import NAMES
from tfgan_ref.errors import UserError
from tfgan_ref.gan import GAN
from tfgan_ref.training.checkpoints import Checkpoints


def make_gan():
    generator = keras.Sequential(
        [keras.Input((2,)), keras.layers.Dense(3)], name="generator"
    )
    discriminator = keras.Sequential(
        [
            keras.Input((3,)),
            keras.layers.Dense(1),
            keras.layers.Reshape(()),
        ],
        name="discriminator",
    )
    gan = GAN(generator, discriminator, ema_decay=0.5)
    gan.compile(keras.optimizers.Adam(0.1), keras.optimizers.Adam(0.1))
    return gan


def save_at(checkpoints, gan, step):
    """Saves weights by which the step can be told."""
    gan.step.assign(step)
    kernel = gan.generator.trainable_variables[0]
    kernel.assign(np.full(kernel.shape, step / 8, np.float32))
    checkpoints.save()


def kernel_of(gan):
    return gan.generator.trainable_variables[0].numpy()


@pytest.fixture
def saved(tmp_path):
    gan = make_gan()
    checkpoints = Checkpoints(gan, tmp_path, keep=2)
    for step in (10, 20, 30):
        save_at(checkpoints, gan, step)
    return tmp_path


def flip_a_byte(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def cut(path):
    os.truncate(path, 20)


def test_the_newest_are_kept(saved):
    assert Checkpoints(make_gan(), saved).steps() == [20, 30]


def test_the_newest_is_restored(saved):
    gan = make_gan()
    assert Checkpoints(gan, saved).restore() == 30
    assert int(gan.step.numpy()) == 30
    np.testing.assert_array_equal(kernel_of(gan), 30 / 8)


@pytest.mark.parametrize(
    "layer",
    [keras.layers.Dropout(0.5), keras.layers.GaussianNoise(0.3)],
    ids=lambda layer: layer.name,
)
def test_keras_s_own_noise_goes_on_where_it_was(layer, tmp_path):
    def make():
        keras.utils.set_random_seed(3)
        inputs = keras.Input((3,))
        x = type(layer).from_config(layer.get_config())(inputs)
        logits = keras.layers.Dense(1)(x)
        discriminator = keras.Model(inputs, logits, name="discriminator")
        gan = GAN(make_gan().generator, discriminator)
        gan.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1))
        return gan

    data = np.random.default_rng(0).normal(size=(12, 3)).astype(np.float32)
    how = {"batch_size": 2, "shuffle": False, "verbose": 0}
    whole, first, second = make(), make(), make()
    whole.fit(data, **how)
    first.fit(data[:6], **how)
    Checkpoints(first, tmp_path).save()
    assert Checkpoints(second, tmp_path).restore() == 3
    second.fit(data[6:], **how)
    for a, b in zip(second.variables, whole.variables, strict=True):
        np.testing.assert_array_equal(a, b)


def test_an_empty_folder_restores_nothing(tmp_path):
    gan = make_gan()
    before = kernel_of(gan)
    assert Checkpoints(gan, tmp_path).restore() == 0
    np.testing.assert_array_equal(kernel_of(gan), before)


@pytest.mark.parametrize("damage", [flip_a_byte, cut, os.remove])
@pytest.mark.parametrize("suffix", ["data-00000-of-00001", "index"])
def test_a_damaged_newest_is_passed_over_for_the_one_before(
    saved, damage, suffix, caplog
):
    damage(saved / f"ckpt-30.{suffix}")
    gan = make_gan()
    assert Checkpoints(gan, saved).restore() == 20
    assert int(gan.step.numpy()) == 20
    np.testing.assert_array_equal(kernel_of(gan), 20 / 8)
    if (suffix, damage) != ("index", os.remove):  # Then there is no trace.
        assert "ckpt-30 is damaged" in caplog.text


@pytest.mark.parametrize("suffix", ["data-00000-of-00001", "index"])
def test_nobody_waits_for_a_pipe_among_the_checkpoints(saved, suffix, caplog):
    (saved / f"ckpt-30.{suffix}").unlink()
    os.mkfifo(saved / f"ckpt-30.{suffix}")
    assert Checkpoints(make_gan(), saved).restore() == 20
    assert f"ckpt-30.{suffix}: it is no file" in caplog.text


def test_a_damaged_state_file_does_not_hide_the_checkpoints(saved):
    (saved / "checkpoint").write_text("model_checkpoint_pa")
    assert Checkpoints(make_gan(), saved).restore() == 30


def test_what_the_state_file_names_elsewhere_stays(saved, tmp_path_factory):
    theirs = tmp_path_factory.mktemp("theirs")
    names = [f"ckpt-{step}{end}" for step in (1, 10) for end in (".index", "")]
    for name in names:
        (theirs / name).touch()
    (saved / "checkpoint").write_text(
        f'model_checkpoint_path: "{theirs}/ckpt-10"\n'
        f'all_model_checkpoint_paths: "{theirs}/ckpt-1"\n'
        f'all_model_checkpoint_paths: "{theirs}/ckpt-10"\n'
    )
    gan = make_gan()
    checkpoints = Checkpoints(gan, saved, keep=1)
    checkpoints.restore()
    save_at(checkpoints, gan, 40)
    assert sorted(path.name for path in theirs.iterdir()) == sorted(names)
    assert checkpoints.steps() == [40]
    assert tf.train.latest_checkpoint(str(saved)) == str(saved / "ckpt-40")


def test_a_damaged_one_further_on_costs_no_good_one(saved):
    cut(saved / "ckpt-30.index")
    gan = make_gan()
    checkpoints = Checkpoints(gan, saved, keep=1)
    assert checkpoints.restore() == 20
    save_at(checkpoints, gan, 25)
    assert checkpoints.steps() == [25, 30]
    assert Checkpoints(make_gan(), saved).restore() == 25


def test_only_damaged_checkpoints_are_an_error_that_names_them(saved):
    for step in (20, 30):
        cut(saved / f"ckpt-{step}.data-00000-of-00001")
    with pytest.raises(UserError, match=r"\[20, 30\] is whole"):
        Checkpoints(make_gan(), saved).restore()


def test_a_checkpoint_of_another_network_is_not_called_damaged(saved):
    generator = keras.Sequential([keras.Input((2,)), keras.layers.Dense(4)])
    discriminator = keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(1), keras.layers.Reshape(())]
    )
    gan = GAN(generator, discriminator, ema_decay=0.5)
    gan.compile(keras.optimizers.Adam(0.1), keras.optimizers.Adam(0.1))
    with pytest.raises(UserError, match="ckpt-30 does not fit this network"):
        Checkpoints(gan, saved).restore()


def test_what_a_killed_save_left_is_removed_and_nothing_else(saved):
    (saved / "ckpt-40_temp").mkdir()
    (saved / "ckpt-40_temp" / "part-00000").touch()
    assert Checkpoints(make_gan(), saved).restore() == 30
    assert not (saved / "ckpt-40_temp").exists()


def test_weights_that_are_not_finite_are_not_saved(tmp_path):
    gan = make_gan()
    checkpoints = Checkpoints(gan, tmp_path)
    save_at(checkpoints, gan, 10)
    with pytest.raises(UserError, match="not finite at step 70.*ckpt-10"):
        gan.discriminator.trainable_variables[0].assign([[1], [np.nan], [2]])
        save_at(checkpoints, gan, 70)
    assert checkpoints.steps() == [10]


@pytest.mark.parametrize("value", [np.inf, np.nan])
@pytest.mark.parametrize("name", ["generator", "discriminator"])
def test_moments_that_are_not_finite_are_not_saved(
    tmp_path, two_replicas, name, value
):
    with two_replicas.scope():
        gan = make_gan()
    checkpoints = Checkpoints(gan, tmp_path)
    save_at(checkpoints, gan, 10)
    optimizer = getattr(gan, f"{name}_optimizer")
    (moment,) = (v for v in optimizer.variables if "kernel_velo" in v.path)
    moment.assign(np.where(np.arange(moment.shape[-1]) == 0, value, moment))
    message = f"{name}_optimizer's {moment.path} is not finite at step 70.*-10"
    with pytest.raises(UserError, match=message):
        save_at(checkpoints, gan, 70)
    assert checkpoints.steps() == [10]


def test_a_step_is_saved_once(saved):
    gan = make_gan()
    checkpoints = Checkpoints(gan, saved)
    checkpoints.restore()
    before = (saved / "ckpt-30.index").stat().st_mtime_ns
    checkpoints.save()
    assert (saved / "ckpt-30.index").stat().st_mtime_ns == before


@pytest.mark.parametrize("name", NAMES)
def test_a_folders_name_is_no_pattern(tmp_path, name):
    gan = make_gan()
    neighbour = Checkpoints(gan, tmp_path / NAMES[name])
    save_at(neighbour, gan, 10)
    folder = tmp_path / name
    for step in (10, 20):  # The second by a run that goes on with the first.
        checkpoints = Checkpoints(gan, folder, keep=1)
        assert checkpoints.restore() == step - 10
        save_at(checkpoints, gan, step)
        assert checkpoints.steps() == [step]
    assert neighbour.steps() == [10]
    kernel = gan.generator.trainable_variables[0]
    kernel.assign(kernel * 0)
    assert Checkpoints(gan, folder).restore() == 20
    np.testing.assert_array_equal(kernel_of(gan), 20 / 8)


def test_messages_name_a_folder_as_the_user_does(tmp_path, caplog):
    gan = make_gan()
    folder = tmp_path / "seed[1]"
    checkpoints = Checkpoints(gan, folder)
    save_at(checkpoints, gan, 10)
    save_at(checkpoints, gan, 20)
    os.remove(folder / "ckpt-20.data-00000-of-00001")
    assert Checkpoints(gan, folder).restore() == 10
    (folder / "ckpt-30_temp").touch()  # Where TensorFlow wants a folder.
    with pytest.raises(UserError) as caught:
        save_at(checkpoints, gan, 30)
    assert f"Cannot write {folder / 'ckpt-30'}: " in str(caught.value)
    for text in (caplog.text, str(caught.value)):
        assert text.count(str(folder)) > 1  # Ours, and TensorFlow's.
        assert "tfgan_ref-" not in text


def test_a_worker_writes_where_its_temporary_folder_has_any_name(
    tmp_path, monkeypatch
):
    scratch = tmp_path / "tmp[1]"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    gan = make_gan()
    checkpoints = Checkpoints(gan, tmp_path / "run", keep=1, is_chief=False)
    for step in (10, 20):
        save_at(checkpoints, gan, step)
    kept = [path.name for path in scratch.rglob("*.index")]
    checkpoints._scratch.cleanup()  # Python warns of what ends by itself.
    assert kept == ["ckpt-20.index"]
    assert not (tmp_path / "run").exists()


def save_in_another_process(folder, before_saving=""):
    """Saves steps 10 and 20 of a network of 400 kB; returns its output."""
    code = f"""
        import pathlib, resource
        import keras
        from tests.training.checkpoints_test import make_gan
        from tfgan_ref.training.checkpoints import Checkpoints
        from tfgan_ref.errors import UserError
        gan = make_gan()
        gan.generator.bulk = keras.Variable("zeros", shape=(100_000,))
        checkpoints = Checkpoints(gan, pathlib.Path({str(folder)!r}), keep=9)
        gan.step.assign(10)
        checkpoints.save()
        {before_saving}
        gan.step.assign(20)
        try:
            checkpoints.save()
        except UserError as error:
            print("UserError:", error)
        print(checkpoints.steps())
    """
    program = folder / "program.py"
    program.write_text(textwrap.dedent(code))
    done = forked.run(program)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_write_that_fails_leaves_the_checkpoint_before(tmp_path):
    limit = "resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))"
    output = save_in_another_process(tmp_path, limit)
    assert "UserError: Cannot write" in output
    assert "last good checkpoint is" in output
    assert output.endswith("[10]\n")
    assert not list(tmp_path.glob("ckpt-20*"))


def test_no_space_left_leaves_the_checkpoint_before(tmp_path):
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(tmp_path)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("only root can make a small file system")
    try:
        fill = f"open('{tmp_path}/ballast', 'wb').write(bytes(300_000))"
        output = save_in_another_process(tmp_path, fill)
        assert "no space left on the device" in output
        assert output.endswith("[10]\n")
        assert not list(tmp_path.glob("ckpt-20*"))
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)
