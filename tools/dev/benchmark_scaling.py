"""Measures a step of several replicas beside that of one, in turns.

    python tools/dev/benchmark_scaling.py --json=results/scaling.json

The step is that of DCGAN-32 with 64 images per replica, by one worker on one
core, by two on one core each (gRPC over loopback), by two replicas of one
process on both cores, and by one process on both cores with the same global
batch. Then what the workers' reductions and their input take alone, and a model
of the step on more workers: what is left of the step without its reductions,
and these by rings over a link of --gbits and --hop_microseconds. In it nothing
overlaps.
"""

from __future__ import annotations

import pathlib
import statistics
import sys
import tempfile

from tfgan_ref import ranges, recorded, runtime
from tfgan_ref.command_line import Parser
from tfgan_ref.errors import UserError, guard

_BATCH = 64  # Of a replica.
_IMAGE_SIZE = 32
_CALLS = 4  # Of a turn.
_WORKERS = (2, 8, 64, 512)
_SMALL, _LARGE, _COUNT = 512, 2_500_000, 10
_ONE, _BOTH, _MIRRORED, _TWO = (
    "one worker, one core",
    "one process, both cores",
    "two replicas, both cores",
    "two workers, one core each",
)


def measure(rounds: int, width: int = 64) -> dict:
    """Lets the contestants take turns.

    Args:
        rounds: int >= 1.
        width: int, of the networks.

    Returns:
        dict, what --json writes beside the circumstances, but for the model.
    """
    import numpy as np

    from tfgan_ref.data import images

    with tempfile.TemporaryDirectory() as folder:
        data = str(pathlib.Path(folder) / "images.npy")
        pixels = images.load("digits", image_size=_IMAGE_SIZE, channels=3)
        np.save(data, pixels.images, allow_pickle=False)
        players = _players({"data": data, "width": width})
        try:
            return _measured(players, rounds, data)
        finally:
            for player in players.values():
                player.close()


def _players(options):
    from tools.dev.benchmarking import jobs, turns

    def entry(batch, function="scaling.step", **more):
        given = options | {"batch_size": batch} | more
        return turns.Entry(function, given, calls=_CALLS)

    both = {"cores": [0, 1]}
    return {
        _ONE: turns.Process(_ONE, entry(_BATCH, cores=[0])),
        _BOTH: turns.Process(_BOTH, entry(2 * _BATCH, **both)),
        _MIRRORED: turns.Process(
            _MIRRORED, entry(2 * _BATCH, strategy="mirrored", **both)
        ),
        _TWO: jobs.Workers(_TWO, entry(2 * _BATCH, strategy="multi_worker")),
    }


def _measured(players, rounds, data):
    from tools.dev.benchmarking import turns

    turns.play(players, dict.fromkeys(players, _CALLS), rounds)
    times = {
        name: {
            "best": min(player.result.milliseconds),
            "median": statistics.median(player.result.milliseconds),
        }
        for name, player in players.items()
    }
    found = {
        "batch_size": _BATCH,
        "milliseconds": times,
        "images_per_second": {
            name: 1e3 * (_BATCH if name == _ONE else 2 * _BATCH) / one["median"]
            for name, one in times.items()
        },
        "collectives": players[_TWO].ask("collectives")[0],
    }
    for player in players.values():
        player.close()
    return found | _alone(found["collectives"], data)


def _alone(collectives, data):
    """What takes a part of the workers' step, by itself."""
    from tools.dev.benchmarking import jobs, turns

    given = {"data": data, "batch_size": _BATCH, "cores": [0]}
    entry = turns.Entry("scaling.minibatches_alone", given, calls=_COUNT)
    pipeline = turns.Process("minibatches", entry)
    pipeline.take_turn()
    pipeline.close()
    times = {}
    for name, numbers in {
        "step": collectives,
        "small": [_SMALL] * _COUNT,
        "large": [_LARGE] * _COUNT,
    }.items():
        entry = turns.Entry("scaling.reductions", {"numbers": numbers}, calls=5)
        workers = jobs.Workers("reductions", entry)
        workers.take_turn()
        workers.close()
        times[name] = statistics.median(workers.result.milliseconds)
    return {
        "input_ms": statistics.median(pipeline.result.milliseconds),
        "reductions_ms": times["step"],
        "reduction_ms": {
            str(_SMALL): times["small"] / _COUNT,
            str(_LARGE): times["large"] / _COUNT,
        },
    }


def model(found: dict, gbits: float, hop: float) -> list[dict]:
    """The step on more workers.

    Args:
        found: what `measure` returns.
        gbits: of a link, each way, in 10^9 bits per second.
        hop: of a message, in milliseconds.
    """
    from tools.dev.benchmarking import ring

    here = ring.measured(
        *((int(n), t) for n, t in found["reduction_ms"].items())
    )
    link = ring.Link(hop, gbits * 1e9 / 8 / 1e3)
    alone = found["milliseconds"][_ONE]["median"]
    compute = found["milliseconds"][_TWO]["median"] - found["reductions_ms"]
    rows = []
    for workers, by in [(2, here), *((n, link) for n in _WORKERS)]:
        times = ring.step(compute, found["collectives"], workers, by)
        rows.append(
            {"workers": workers, "is_here": by is here}
            | times
            | {"efficiency": alone / sum(times.values())}
        )
    return rows


def show(found: dict) -> None:
    """Prints what was measured, and the model."""
    rates = found["images_per_second"]
    for name, rate in rates.items():
        print(
            f"{name:28} {found['milliseconds'][name]['median']:7.1f} ms "
            f"{rate:6.0f} images/s"
        )
    for name in (_TWO, _MIRRORED):
        print(
            f"{name}: {rates[name] / rates[_BOTH]:.2f} of one process, "
            f"{rates[name] / rates[_ONE]:.2f} times one worker"
        )
    step, reduced = (
        found["milliseconds"][_TWO]["median"],
        found["reductions_ms"],
    )
    print(
        f"Of the workers' {step:.1f} ms their {len(found['collectives'])} "
        f"reductions take {reduced:.1f} alone, and the rest "
        f"{step - reduced:.1f}; the input, beside it, {found['input_ms']:.2f}"
    )
    for row in found["modelled"]:
        where = "this machine" if row["is_here"] else "the link"
        print(
            f"{row['workers']:4} workers, {where}: compute "
            f"{row['compute']:.0f} ms, statistics {row['statistics']:.1f}, "
            f"gradients {row['gradients']:.1f}: {row['efficiency']:.0%} of "
            "the images of as many alone"
        )


def main(flags) -> int:
    """Measures, records and prints."""
    if runtime.available_cores() < 2:
        raise UserError("Two cores at least are needed. Received: 1")
    record = pathlib.Path(flags.json) if flags.json else None
    recorded.check_writable(record)
    found = measure(flags.rounds, flags.width)
    found["link"] = {
        "gbits": flags.gbits,
        "hop_microseconds": flags.hop_microseconds,
    }
    found["modelled"] = model(found, flags.gbits, flags.hop_microseconds / 1e3)
    if record:
        recorded.write(record, recorded.circumstances("scaling") | found)
    show(found)
    return 0


def _parse_flags(arguments=None):
    parser = Parser(__doc__)
    parser.add_argument(
        "--rounds", type=ranges.COUNT, default=7, help="turns of each"
    )
    parser.add_argument(
        "--width", type=ranges.COUNT, default=64, help="of the networks"
    )
    parser.add_argument(
        "--gbits",
        type=ranges.number(0.001, 1e6),
        default=10.0,
        help="of a link",
    )
    parser.add_argument(
        "--hop_microseconds",
        type=ranges.number(0.001, 1e6),
        default=50.0,
        help="of a message over a link",
    )
    parser.add_argument("--json", help="where to record the result")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    # The workers are modules beside this program.
    sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))
    sys.exit(guard(lambda: main(_parse_flags())))
