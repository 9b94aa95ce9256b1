"""Says what is wrong with a run, as its logged numbers tell.

    python tools/diagnose.py --workdir=runs/fashion_mnist

Of every symptom: where it began and ended, or what was measured last, beside
its threshold and where that comes from. Runs of --nodiagnose, and of before,
have fewer numbers: what cannot be told is said. docs/diagnosis.md explains.
"""

from __future__ import annotations

from tfgan_ref.command_line import Parser
from tfgan_ref.diagnosis import history, symptoms
from tfgan_ref.diagnosis.finding import spoken
from tfgan_ref.diagnosis.watch import Watch
from tfgan_ref.errors import UserError, guard
from tfgan_ref.training.workdir import WorkDir


def main(flags) -> None:
    """Reads the records, prints a line or two for each symptom."""
    workdir = WorkDir(flags.workdir)
    config = workdir.read_config()
    records = workdir.read_metrics()
    if not records:
        raise UserError(f"{workdir.metrics} holds no record yet")
    steps = records[0]["step"], records[-1]["step"]
    print(
        f"{workdir.path}: {len(records)} records, steps {steps[0]:,} to "
        f"{steps[1]:,}"
    )
    watch = Watch(history.facts_of(config, steps[1]))
    changes = [change for record in records for change in watch.add(record)]
    for symptom in symptoms.ALL:
        lines = [str(c) for c in changes if c.finding.symptom == symptom.name]
        if not lines:
            lines = [_without(symptom, watch)]
        elif symptom.name in watch.present:
            lines.append("It lasts to the end.")
        for line in lines:
            print(f"  {line}")


def _without(symptom, watch):
    measured = watch.measured.get(symptom.name)
    if measured is None:
        return f"{spoken(symptom.name)}: not measured, needs {symptom.needs}"
    return f"no {spoken(symptom.name)}: {measured}"


def _parse_flags(arguments=None):
    parser = Parser(__doc__)
    parser.add_argument(
        "--workdir", "--model", required=True, help="of the run"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    guard(lambda: main(_parse_flags()))
