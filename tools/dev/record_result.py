"""Records a finished run as results/NAME.json.

    python tools/dev/record_result.py --workdir=runs/m --name=dcgan_mnist
    python tools/dev/record_result.py --workdir=runs/u5 --name=u5 --samples=500
    python tools/dev/record_result.py --verify

A record holds the losses of the run's first 20 steps, which its command makes
again to that end. --verify makes them with the code of today, of one record or
of all, says where they differ, and keeps it: pages mark those records.
README and docs quote nothing that does not stand in such a file, or in its
details beside it.
"""

from __future__ import annotations

import pathlib
import re
import statistics
import sys

from tfgan_ref import ranges, recorded
from tfgan_ref.command_line import Parser
from tfgan_ref.errors import UserError, guard
from tfgan_ref.training.workdir import ABOUT_THE_RUN, WorkDir

# Settings that change no number, or are said elsewhere.
_LEFT_OUT = ABOUT_THE_RUN | {"seed"}
# Metrics that are beside it, in the evaluations and settings, or of no table.
_ELSEWHERE = (
    "eval/",
    "diagnosis/",
    "gradient_norm/",
    "learning_rate/",
    "perf/",
)
_LATE = 0.75  # Of the steps; evaluations from there on are late.


def record(workdir: WorkDir) -> dict:
    """Returns what is to be kept of a run.

    Returns:
        A record of the kind `run`, see `recorded`. The circumstances of the
        run's last start and, where there were several, of all; the settings,
        the steps made, the wall time of training in seconds, losses,
        accuracies and logits of the last record; of a run that was evaluated,
        `step`, `seconds` and `eval/...` of every time, and `late`, the means
        over the last quarter of the steps; and of one with a critic the
        curves of `critic/...`, lists over `step`.

    Raises:
        UserError: the run is not there, is damaged, has not ended, or was
            made by code that no commit holds.
    """
    config = workdir.read_config()
    metrics = workdir.read_metrics()
    if not metrics:
        raise UserError(f"{workdir.metrics} holds no record yet")
    last, settings, starts = metrics[-1], config["settings"], config["starts"]
    if missing := {"seed", "train_steps"} - settings.keys():
        raise UserError(f"{workdir.config} does not tell {min(missing)}")
    if last["step"] != settings["train_steps"]:
        raise UserError(
            f"{workdir.path} is at step {last['step']} of "
            f"{settings['train_steps']}: only a finished run is recorded"
        )
    for start in starts:
        revision = str(start.get("revision"))
        if not re.fullmatch(r"[0-9a-f]{40}", revision):
            raise UserError(
                f"{workdir.path} was made by code that no commit holds. "
                f"Received: revision {revision}"
            )
    circumstances = starts[-1] | ({"starts": starts} if starts[1:] else {})
    circumstances.pop("step", None)
    evaluations = [
        {
            name: value
            for name, value in line.items()
            if name in ("step", "seconds") or name.startswith("eval/")
        }
        for line in metrics
        if any(name.startswith("eval/") for name in line)
    ]
    curves = _curves(metrics)
    result = (
        {"kind": "run"}
        | circumstances
        | {
            "seed": settings["seed"],
            "steps": last.pop("step"),
            "wall_seconds": last.pop("seconds"),
            "metrics": {
                name: value
                for name, value in last.items()
                if not name.startswith(_ELSEWHERE)
            },
            "settings": kept(settings),
        }
    )
    if evaluations:
        late = late_means(evaluations, result["steps"])
        result |= {"late": late, "evaluations": evaluations}
    return result | ({"curves": curves} if curves else {})


def kept(settings: dict) -> dict:
    """The settings that a record tells, of points without their mixture."""
    found = {
        name: value
        for name, value in settings.items()
        if value is not None
        and name not in _LEFT_OUT
        and not (name == "data" and _is_mixture(value))
    }
    if isinstance(found.get("evaluation"), dict):
        # Of the same data.
        found["evaluation"] = {
            name: value
            for name, value in found["evaluation"].items()
            if value is not None and name != "data"
        }
    return found


def _is_mixture(data):
    return isinstance(data, dict) and "means" in data


def late_means(evaluations: list[dict], steps: int) -> dict[str, float]:
    """Means of the evaluations from three quarters of the steps on.

    Returns:
        Their number as `evaluations`, and the means of `eval/...` over those
        that have it.
    """
    late = [line for line in evaluations if line["step"] >= _LATE * steps]
    names = sorted({name for line in late for name in line if "/" in name})
    return {"evaluations": len(late)} | {
        name: statistics.fmean(line[name] for line in late if name in line)
        for name in names
    }


def _curves(metrics):
    """What a critic says of its samples, at every record."""
    of_critic = [line for line in metrics if "critic/estimate" in line]
    names = [name for name in metrics[0] if name.startswith("critic/")]
    return of_critic and {
        name: [line[name] for line in of_critic] for name in ("step", *names)
    }


def samples(workdir: WorkDir, count: int) -> dict[str, object]:
    """Points that the generator draws at each checkpoint that is kept.

    Args:
        workdir: of a run on points.
        count: how many, of the same latents every time.

    Returns:
        `samples`, step, as JSON has its keys, -> `[count, dimensions]` numbers,
        to three decimal places; and `means`, the same of the data's modes.

    Raises:
        UserError: the run was not on points.
    """
    from tfgan_ref.training import checkpoints, networks

    data = workdir.read_config()["settings"].get("data")
    if not _is_mixture(data):
        raise UserError(f"{workdir.path} is no run on points: no --samples")
    drawn = {}
    for step in checkpoints.steps(workdir.checkpoints):
        found = networks.restore(workdir, step=step)
        points = found.gan.sample(range(count)).numpy()
        drawn[str(step)] = points.astype(float).round(3).tolist()
    return {"samples": drawn, "means": data["means"]}


def main(flags) -> int:
    """Writes the record of the run that the flags name, or verifies records."""
    from tools.dev import first_steps

    results = pathlib.Path(flags.results)
    if flags.verify:
        names = [flags.name] if flags.name else _runs(results)
        differ = first_steps.verify(results, names)
        print(f"{len(differ)} of {len(names)} records differ")
        return bool(differ)
    path = results / f"{flags.name}.json"
    recorded.check_writable(path)
    workdir = WorkDir(flags.workdir)
    content = record(workdir)
    recorded.check(workdir.config, content)
    try:
        with first_steps.code_of(content["revision"]) as code:
            content["first_steps"] = first_steps.losses(content, code)
    except UserError as error:
        print(f"Without the first steps' losses: {error}")
    if flags.samples:
        content |= samples(workdir, flags.samples)
    recorded.write(path, content)
    print(f"Recorded in {path}")
    return 0


def _runs(results):
    """Names of the records of runs."""
    from tools.dev import records

    found = records.read_all(results)
    return [name for name, of in found.items() if of["kind"] == "run"]


def _parse_flags(arguments=None):
    parser = Parser(__doc__)
    parser.add_argument("--workdir", help="a run")
    parser.add_argument("--name", help="of the record")
    parser.add_argument(
        "--verify",
        action="store_true",
        help="whether records' first losses are those of this code",
    )
    parser.add_argument("--results", default="results", help="their folder")
    parser.add_argument(
        "--samples",
        type=ranges.whole(0, 10**5),
        default=0,
        help="of each checkpoint, of points",
    )
    flags = parser.parse_args(arguments)
    if flags.verify and (flags.workdir or flags.samples):
        parser.error("--verify: of records, without --workdir and --samples")
    if not flags.verify and None in (flags.workdir, flags.name):
        parser.error("--workdir and --name, or --verify, were expected")
    name = flags.name
    if name is not None and pathlib.Path(name).name != (name or None):
        parser.error(f"argument --name: a name was expected: {name!r}")
    return flags


if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))
    sys.exit(guard(lambda: main(_parse_flags())))
