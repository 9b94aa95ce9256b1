"""Measures our training steps beside their peers, in turns, in one run.

    python tools/dev/benchmark.py --json=results/benchmark.json --plot=steps.png

Every contestant is a process of its own: the DCGAN of 32x32 grey pixels with
minibatches of 64, in our steps and in those of others: in the manner of Keras's
guide, in PyTorch's usual loop (12 passes through a network to our 10), and with
our arithmetic in PyTorch and in JAX (`pip install -e '.[benchmark]'`). Beside
it, feature matching and the GANs on toy data. They take turns, so that other
work on the machine slows all of them; best and median are over all calls. The
floor of a step is its arithmetic (`flop.step_flop`) at the rate of a large
matrix product of its precision, measured in the same run. Only ratios mean
anything on another machine.
"""

from __future__ import annotations

import importlib.util
import pathlib
import sys
import tempfile

from tfgan_ref import ranges, recorded
from tfgan_ref.command_line import Parser
from tfgan_ref.errors import UserError, guard
from tfgan_ref.outputs import check_writable


def main(flags) -> int:
    """Measures, records and prints; the exit status is 1 after a regression."""
    from tools.dev.benchmarking import charts, measuring, regressions, report

    baseline = _read(pathlib.Path(flags.check)) if flags.check else None
    record = pathlib.Path(flags.json) if flags.json else None
    recorded.check_writable(record)
    check_writable(flags.plot)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        content = measuring.measure(folder, flags.rounds, flags.only)
        if not flags.quick and not flags.only:
            sizes = measuring.measure_sizes(folder, max(flags.rounds // 2, 1))
            content["sizes"] = sizes
            content["losses"] = measuring.measure_losses(folder)
            precisions = measuring.measure_precisions(folder)
            content["precision_losses"] = precisions
    content["ratios"] = regressions.ratios(content)
    if record:
        recorded.write(record, _circumstances() | content)
    if flags.plot:
        charts.draw(content, pathlib.Path(flags.plot))
    report.show(content)
    if not baseline:
        return 0
    worse, missing = regressions.check(content["ratios"], baseline)
    for line in missing:
        print(f"Not compared: {line}")
    for line in worse:
        print(f"Regression: {line}")
    return 1 if worse else 0


def _circumstances():
    """Those of every record, and the versions of the peers."""
    from tools.dev.benchmarking import contestants

    found = recorded.circumstances("benchmark")
    return found | {"versions": found["versions"] | contestants.versions()}


def _read(path):
    """The ratios of --check, of whose record the summary is enough."""
    if not (ratios := recorded.read(path, details=False).get("ratios")):
        raise UserError(f"{path} holds no ratio of a benchmark")
    return ratios


def _parse_flags(arguments=None):
    parser = Parser(__doc__)
    parser.add_argument(
        "--rounds", type=ranges.COUNT, default=7, help="turns of each"
    )
    parser.add_argument(
        "--quick", action="store_true", help="neither sizes nor losses"
    )
    parser.add_argument(
        "--only",
        default="",
        help="contestants, with commas between, such as ours,torch_*; "
        "neither sizes nor losses",
    )
    parser.add_argument("--json", help="where to record the result")
    parser.add_argument("--plot", help="where to draw it, a .png file")
    parser.add_argument(
        "--check", help="a record; fail if a ratio is a tenth worse"
    )
    flags = parser.parse_args(arguments)
    if flags.plot and not flags.plot.endswith(".png"):
        parser.error(f"--plot must end in .png. Received: {flags.plot}")
    if flags.plot and not importlib.util.find_spec("matplotlib"):
        parser.error("--plot needs matplotlib (the extra `figures`)")
    return flags


if __name__ == "__main__":
    # The workers are modules beside this program.
    sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))
    sys.exit(guard(lambda: main(_parse_flags())))
