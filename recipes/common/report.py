"""What a recipe prints: the plan of a dry run, the end of a real one."""

import json
import os
import pathlib
import shlex
import signal
import sys

from tfgan_ref import flop
from tfgan_ref.diagnosis import divergence, history, symptoms
from tfgan_ref.training import best, records
from tfgan_ref.training.callbacks.evaluate import SHARE
from tfgan_ref.training.workdir import WorkDir


def print_plan(gan, config, settings, data):
    """Prints the configuration, the networks' sizes and the cost of a step."""
    step = flop.step_flop(gan, config.batch_size)
    print(json.dumps(settings, indent=2))
    for name, network in gan.networks.items():
        print(f"{name:14} {network.count_params():>12,} parameters")
    print(f"data           {data}")
    print(f"one step       {step / 1e9:>12,.2f} GFLOP")
    print(f"the run        {step * config.train_steps / 1e12:>12,.2f} TFLOP")
    print("Dry run: nothing was trained, nothing was written.")


def print_result(config, result, preempted_status=0, picture=None):
    """Prints where the results are and what opens them.

    Args:
        config: `training.Config`.
        result: how the run ended.
        preempted_status: int.
        picture: name of an evaluation's, shown in place of samples; or None.

    Returns:
        The exit status: 0, or 128 + the signal that stopped the run; of the
        chief of several workers `preempted_status`.
    """
    workdir = WorkDir(config.workdir)
    if result.is_preempted:
        _say(
            f"Preempted at step {result.step} of {config.train_steps}; the "
            "same command goes on from there."
        )
        return preempted_status
    if result.signal is not None:
        return print_stop(config, result)
    metrics = records.read(workdir.metrics)
    print(summary(config, result))
    for line in _evaluated(metrics):
        print(line)
    for finding in _findings(config, workdir, metrics, result.step):
        print(f"Diagnosis: {finding}")
    # Of a tag TensorBoard shows ten pictures, chosen at random, unless told so.
    pictures = result.step // config.sample_every + 2
    rows: list[tuple] = [
        _tensorboard(
            workdir, f"--samples_per_plugin=images={max(10, pictures)}"
        )
    ]
    shown = result.samples
    if picture:
        shown = workdir.samples / f"{picture}_{result.step:06d}.png"
    if shown.exists():
        rows.insert(0, picture_row(picture or "samples", shown))
    if kept := best.read(workdir.best):
        draw = ["python", "-m", "tools.generate", "--checkpoint=best"]
        where = [f"--model={workdir.path}", f"--out={workdir.path / 'best'}"]
        score = f"{kept['metric']} {kept['value']:.4g} at step {kept['step']}"
        rows.append(("best", f"{workdir.best}, {score}", [*draw, *where]))
    if result.saved_model:
        rows.append(saved_model_row(result.saved_model))
    print_files(rows)
    return 0


def print_files(rows):
    """Prints where files are: rows of a title, a path, what opens it."""
    for title, path, command in rows:
        print(f"  {title:12} {path}")
        print(f"  {'':12}   open with: {shlex.join(map(str, command))}")


def picture_row(title, path):
    """The row of a picture."""
    opener = "open" if sys.platform == "darwin" else "xdg-open"
    return title, path, [opener, _argument(path)]


def saved_model_row(path):
    """The row of a SavedModel."""
    show = [_tool("saved_model_cli"), "show", "--all", "--dir"]
    return "SavedModel", path, [*show, _argument(path)]


def print_stop(config, result):
    """Prints that a signal stopped a run; returns the exit status."""
    name = signal.Signals(result.signal).name
    _say(
        f"Stopped by {name} at step {result.step} of "
        f"{config.train_steps}; the same command goes on from there."
    )
    return 128 + result.signal


def print_tensorboard(path):
    """Prints what opens the curves of a run without pictures.

    Args:
        path: of its workdir.
    """
    print_files([_tensorboard(WorkDir(path))])


def _tensorboard(workdir, *flags):
    """Title, folder and command."""
    # Of the folder `events` alone HParams shows no metrics.
    command = [_tool("tensorboard"), "--logdir", _argument(workdir.path)]
    return "TensorBoard", workdir.events, [*command, *flags]


def summary(config, result):
    """The first line of what is printed; the arguments are `print_result`'s."""
    trained = f"{result.seconds:.0f} s of training"
    if result.step > config.train_steps:
        return (
            f"Nothing to do: the run is at step {result.step} already, after "
            f"{trained}. Received: --train_steps={config.train_steps}"
        )
    return f"Done: step {result.step} of {config.train_steps}, {trained}."


def _findings(config, workdir, metrics, step):
    """What the run has at its end; divergence even if nobody looked."""
    content = workdir.read_config() if workdir.config.exists() else {}
    facts = history.facts_of(content, step)
    found = symptoms.at_end(metrics, facts)
    always = divergence.SYMPTOM.name
    return [x for x in found if config.diagnose or x.symptom == always]


def _evaluated(metrics):
    """Lines of the last scores, and of what evaluations took, if any."""
    lines = [line for line in metrics if SHARE in line]
    if not lines:
        return []
    last = lines[-1]
    shown = ", ".join(
        f"{name.partition('/')[2]} {value:.4g}"
        for name, value in last.items()
        if name.startswith("eval/")
    )
    return [
        f"Scores at step {last['step']}: {shown}",
        f"Evaluations: {len(lines)}, which took {last[SHARE]:.1%} of the time.",
    ]


def _say(text):
    """Prints; after a hang-up there may be nobody who reads it."""
    try:
        print(text, flush=True)
        sys.stderr.flush()
    except OSError:
        # What is left in them would fail again as Python ends, with status 120.
        sys.stdout = sys.stderr = open(os.devnull, "w")


def _argument(path):
    """A path as a program takes it, whose name may begin like a flag."""
    text = str(path)
    return f"./{text}" if text.startswith("-") else text


def _tool(name):
    """A program beside this Python's, as one would type it from here."""
    path = pathlib.Path(sys.executable).with_name(name)
    shorter = os.path.relpath(path)
    return name if not path.exists() else min(str(path), shorter, key=len)
