"""The recipe as a user meets it: another process, flags, files."""

import pathlib
import signal
import subprocess
import sys
import textwrap

import pytest
import tensorflow as tf
from absl import flags
from absl.testing import flagsaver

from recipes import dcgan
from recipes.common import run as common
from tests.waiting import Process, wait_for
from tfgan_ref.errors import UserError
from tfgan_ref.training import autotune
from tfgan_ref.training.workdir import WorkDir

NORMS = ("gradient_norm/generator", "gradient_norm/discriminator")
ROOT = pathlib.Path(__file__).parents[2]
TWO_REPLICAS = ["--strategy=mirrored", "--virtual_devices=2"]
SMALL = ["--dataset=digits", "--batch_size=8", "--width=4", "--log_every=1"]


def recipe(*arguments):
    return [sys.executable, "-m", "recipes.dcgan", *SMALL, *arguments]


def run(command):
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def endless(workdir, log, *arguments):
    """A run that cannot end before it is told to."""
    command = recipe(f"--workdir={workdir}", "--train_steps=1000000000")
    return Process([*command, *arguments], log, cwd=ROOT)


def slower(value):
    """A case of `make conformance`."""
    return pytest.param(value, marks=pytest.mark.conformance)


def steps_saved(workdir):
    names = (workdir / "checkpoints").glob("ckpt-*.index")
    return {int(path.stem.removeprefix("ckpt-")) for path in names}


def last_line(text):
    return text.strip().splitlines()[-1]


def variables(workdir):
    reader = tf.train.load_checkpoint(str(workdir / "checkpoints"))
    return {
        name: reader.get_tensor(name)
        for name in reader.get_variable_to_shape_map()
        if name != "_CHECKPOINTABLE_OBJECT_GRAPH"
    }


def main_with(*arguments):
    """The recipe in this process: `UserError` instead of an exit."""
    with flagsaver.flagsaver():
        flags.FLAGS(["recipes/dcgan.py", *SMALL, *arguments])
        return dcgan.main()


@pytest.mark.parametrize(
    "strategy",
    [
        ["--strategy=one_device"],
        slower(["--strategy=one_device", "--precision=mixed_bfloat16"]),
        slower(TWO_REPLICAS),
    ],
)
def test_five_steps_end_with_files_and_the_commands_that_open_them(
    tmp_path, strategy
):
    workdir = tmp_path / "run"
    done = run(
        recipe(f"--workdir={workdir}", "--train_steps=5", "--export", *strategy)
    )
    assert done.returncode == 0, done.stderr
    assert "Done: step 5 of 5" in done.stdout
    assert "oneDNN" in done.stderr
    for path in ("samples/step_000005.png", "events", "export/5"):
        assert str(workdir / path) in done.stdout
        assert (workdir / path).exists()
    assert "--samples_per_plugin=images=10\n" in done.stdout
    assert len((workdir / "metrics.jsonl").read_text().splitlines()) == 5


@pytest.mark.conformance
def test_two_workers_on_loopback_equal_one_process(tmp_path):
    cluster = [sys.executable, "tools/local_cluster.py", "-n", "2", "--"]
    together = run(
        cluster
        + recipe(
            f"--workdir={tmp_path / 'two'}",
            "--train_steps=5",
            "--export",
            "--strategy=multi_worker",
        )
    )
    assert together.returncode == 0, together.stdout
    assert "[worker 0] Done: step 5 of 5" in together.stdout
    assert "[worker 1] Done" not in together.stdout  # The chief alone reports.
    assert (tmp_path / "two" / "export" / "5" / "saved_model.pb").exists()
    alone = run(recipe(f"--workdir={tmp_path / 'one'}", "--train_steps=5"))
    assert alone.returncode == 0, alone.stderr
    one, two = (
        WorkDir(tmp_path / name).read_metrics() for name in ("one", "two")
    )
    assert len(one) == len(two) == 5
    for name in ("loss/generator", *NORMS):
        logged = [[record[name] for record in run] for run in (one, two)]
        assert logged[1] == pytest.approx(logged[0], rel=1e-3), name


@pytest.mark.conformance  # recipes.feature_matching's is not.
def test_a_killed_run_ends_as_one_that_was_never_killed(tmp_path):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    often = "--checkpoint_every=4"
    with endless(killed, tmp_path / "log", often) as process:
        wait_for(lambda: steps_saved(killed), process)
        process.kill()
        assert process.ended() == -signal.SIGKILL
    # Wherever that was, the end is some steps away.
    last = max(steps_saved(killed)) + 7
    for workdir in (killed, whole):
        done = run(
            recipe(f"--workdir={workdir}", often, f"--train_steps={last}")
        )
        assert done.returncode == 0, done.stderr
        assert f"Done: step {last} of {last}" in done.stdout
        assert ("Resumed at step" in done.stderr) == (workdir == killed)
    expected, received = variables(whole), variables(killed)
    assert expected.keys() == received.keys()
    for name, value in expected.items():
        assert (value == received[name]).all(), name


def test_ctrl_c_saves_and_says_how_to_go_on(tmp_path):
    metrics = tmp_path / "run" / "metrics.jsonl"
    with endless(tmp_path / "run", tmp_path / "log") as process:
        wait_for(lambda: metrics.exists() and metrics.read_text(), process)
        process.send_signal(signal.SIGINT)
        assert process.ended() == 128 + signal.SIGINT
    step = len(metrics.read_text().splitlines())
    assert f"Stopped by SIGINT at step {step}" in process.log.read_text()
    assert steps_saved(tmp_path / "run") == {step}


@pytest.mark.parametrize(
    "normalization", [slower("reference"), slower("virtual")]
)
def test_the_normalisation_of_the_flag_trains_and_resumes(
    tmp_path, normalization, capsys
):
    arguments = [
        f"--workdir={tmp_path / 'run'}",
        f"--normalization={normalization}",
        "--reference_size=5",
        "--latent_dim=3",
        "--export",
    ]
    assert main_with("--train_steps=2", *arguments) == 0
    saved = variables(tmp_path / "run")
    assert main_with("--train_steps=3", *arguments) == 0
    assert "Done: step 3 of 3" in capsys.readouterr().out
    references = {
        name: value
        for name, value in variables(tmp_path / "run").items()
        if value.shape == (5, 3)
    }
    assert len(references) == 2  # The generator's, and its average's.
    for name, value in references.items():
        assert value.std() > 0.1 and (value == saved[name]).all()
    model = tf.saved_model.load(str(tmp_path / "run" / "export" / "3"))
    z = tf.random.stateless_uniform([4, 3], [0, 0], -1.0)
    images = model.signatures["generate"](latents=z)["images"].numpy()
    other = tf.concat([z[:1], -z[1:]], 0)
    others = model.signatures["generate"](latents=other)["images"].numpy()
    assert (images[0] == others[0]).all()
    assert (images[1:] != others[1:]).any()


def test_a_resumed_run_keeps_its_normalisation(tmp_path):
    arguments = [f"--workdir={tmp_path}", "--train_steps=1"]
    assert main_with(*arguments, "--normalization=virtual") == 0
    with pytest.raises(UserError, match="normalization"):
        main_with(*arguments, "--normalization=reference")


def test_a_dry_run_counts_the_reference_batch(tmp_path, capsys):
    costs = []
    for size in ("8", "64"):
        main_with(
            f"--workdir={tmp_path / 'run'}",
            "--dry_run",
            "--normalization=virtual",
            f"--reference_size={size}",
        )
        (line,) = (
            line
            for line in capsys.readouterr().out.splitlines()
            if line.startswith("one step")
        )
        costs.append(float(line.split()[2]))
    assert costs[1] > 1.5 * costs[0]


@pytest.mark.conformance
def test_the_compiler_is_chosen_once_and_recorded(tmp_path, monkeypatch):
    arguments = [f"--workdir={tmp_path}/run", "--checkpoint_every=1"]
    measured = [{False: 2.0, True: 1.0}]

    def choose(gan, dataset):
        gan.jit_compile = True
        return measured.pop()

    monkeypatch.setattr(autotune, "choose_jit_compile", choose)
    for steps in (1, 2):
        main_with(*arguments, "--jit_compile=auto", f"--train_steps={steps}")
    settings = WorkDir(tmp_path / "run").read_config()["settings"]
    assert settings["jit_compile"] is True and not measured
    # It draws other latents, and may not change.
    with pytest.raises(UserError, match="jit_compile=True"):
        main_with(*arguments, "--train_steps=3")


def test_the_precision_is_chosen_once_and_recorded(tmp_path, monkeypatch):
    arguments = [f"--workdir={tmp_path}/run", "--checkpoint_every=1"]
    measured = [{"mixed_bfloat16": 2.0, "float32": 1.0}]
    monkeypatch.setattr(
        autotune, "precisions", lambda gan, dataset: measured.pop()
    )
    for steps in (1, 2):
        main_with(*arguments, "--precision=auto", f"--train_steps={steps}")
    settings = WorkDir(tmp_path / "run").read_config()["settings"]
    assert settings["precision"] == "float32" and not measured
    # The run is the one that was asked for float32.
    main_with(*arguments, "--train_steps=3")
    with pytest.raises(UserError, match="precision=float32"):
        main_with(*arguments, "--precision=mixed_bfloat16", "--train_steps=4")


def test_a_dry_run_prints_the_plan_and_writes_nothing(tmp_path, capsys):
    assert main_with(f"--workdir={tmp_path / 'run'}", "--dry_run") == 0
    output = capsys.readouterr().out
    assert '"batch_size": 8' in output
    assert "1,797 images of 28x28x1" in output
    assert "GFLOP" in output and "parameters" in output
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("argument", ["--helpshort", "--train_stesp=3"])
def test_help_and_a_mistyped_flag_do_not_wait_for_tensorflow(argument):
    code = f"""
        import runpy, sys
        sys.argv = ["recipes.dcgan", {argument!r}]
        try:
            runpy.run_module("recipes.dcgan", run_name="__main__")
        except SystemExit:
            print("tensorflow" in sys.modules)
    """
    done = run([sys.executable, "-c", textwrap.dedent(code)])
    assert last_line(done.stdout) == "False"


@pytest.mark.conformance
@pytest.mark.parametrize("kilobytes", [140, 1400, 2300])
def test_a_full_disk_is_one_line_whatever_was_written(tmp_path, kilobytes):
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs"]
    try:
        subprocess.run([*mount, str(tmp_path)], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("only root can make a small file system")
    try:
        failed = run(
            recipe(
                f"--workdir={tmp_path}/r",
                "--train_steps=30",
                "--sample_every=2",
                "--checkpoint_every=10",
            )
        )
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)
    assert failed.returncode == 1
    assert "no space left" in last_line(failed.stderr).lower()
    assert last_line(failed.stderr).startswith("error: ")
    assert "Traceback" not in failed.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--workdir={}/r", "--dataset=nosuch"], "Unknown dataset.*nosuch"),
        (["--workdir={}/r", "--dataset=idx:{}"], "Cannot read .*train-images"),
        (["--workdir={}/r", "--dataset=folder:{}"], "holds no image"),
        (["--workdir={}/r", "--batch_size=2000"], "1797. Received: 2000"),
        (["--workdir={}/r", "--image_size=30"], "Received: image_shape=.30"),
        (["--workdir=/proc/self/r", "--train_steps=1"], "--workdir must be"),
        (
            ["--workdir={}/r", "--virtual_devices=2"],
            "goes with the mirrored strategy",
        ),
        (
            ["--workdir={}/r", "--batch_size=7", *TWO_REPLICAS],
            "divisible by the 2 replicas",
        ),
        (
            ["--workdir={}/r", "--strategy=multi_worker"],
            "needs TF_CONFIG",
        ),
        (
            ["--workdir={}/r", "--steps_per_execution=7"],
            "multiple of steps_per_execution=7",
        ),
    ],
)
def test_a_mistake_is_named_before_anything_is_written(
    tmp_path, arguments, message, monkeypatch
):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    with pytest.raises(UserError, match=message):
        main_with(*(argument.format(tmp_path) for argument in arguments))
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--workdir=x", "--train_steps=0"], "--train_steps=0"),
        (["--workdir=x", "--train_steps=-5"], "--train_steps=-5"),
        (["--workdir=x", "--strategy=two"], "--strategy=two"),
        ([], "--workdir"),
        (["--workdir="], "--workdir"),
        (["--workdir=x", "--seed=4294967296"], "--seed=4294967296"),
        (["--workdir=x", "--beta_1=1"], "--beta_1=1"),
        (["--workdir=x", "--normalization=layer"], "--normalization=layer"),
        (["--workdir=x", "--reference_size=1"], "--reference_size=1"),
        (["--workdir=x", "--real_target=0"], "--real_target=0"),
        (["--workdir=x", "--generator_lr=nan"], "--generator_lr=nan"),
        (["--workdir=x", "--simultaneous", "false"], "Received: false"),
    ],
)
def test_a_wrong_flag_is_one_line_and_a_failure(arguments, message):
    failed = run(recipe(*arguments))
    assert failed.returncode == 1
    assert failed.stderr.startswith("error: ") and message in failed.stderr
    assert len(failed.stderr.splitlines()) == 1


def test_a_users_mistake_is_one_line_without_a_traceback(tmp_path):
    failed = run(recipe(f"--workdir={tmp_path}/r", "--dataset=folder:/nosuch"))
    assert failed.returncode == 1
    assert last_line(failed.stderr).startswith("error: Cannot read /nosuch")
    assert "Traceback" not in failed.stderr


def test_every_flag_that_changes_nothing_exists():
    # What scores are taken by is no flag, and looked at elsewhere.
    assert common.FREE - {"evaluation"} <= set(flags.FLAGS)
