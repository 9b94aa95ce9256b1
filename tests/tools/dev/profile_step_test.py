"""The profile of real steps, of a trace written by hand, and its picture."""

import functools
import json
import types

import pytest

from tools.dev import profile_step
from tools.dev.benchmarking import ours


@pytest.mark.conformance
@pytest.mark.parametrize(
    "plain", [False, pytest.param(True, marks=pytest.mark.conformance)]
)
def test_a_profile_finds_the_parts_of_a_step(plain, monkeypatch):
    small = functools.partial(ours.step, width=16, batch_size=4)
    made, calls = [], []

    def step(data, plain):
        made.append(plain)
        contestant = small(data, plain=plain)
        return contestant._replace(call=lambda: calls.append(contestant.call()))

    monkeypatch.setattr(ours, "step", step)
    times = profile_step.profile(plain)
    assert made == [plain]
    assert len(calls) == 5 + 10  # To warm up, and those of the trace.
    assert set(times) <= set(profile_step._GROUPS)
    # Transposing is for the one alone; how long anything takes is not tested.
    layout = [] if plain else ["layout"]
    for group in ["convolutions", "gradients of kernels", "Adam", *layout]:
        assert times[group] > 0


def trace_of(*planes):
    """Bytes of a trace; a plane is a list of lines, of (name, picoseconds)."""
    from tensorflow.tsl.profiler.protobuf import xplane_pb2

    space = xplane_pb2.XSpace()
    for lines in planes:
        plane = space.planes.add()
        numbers = {}
        for events in lines:
            line = plane.lines.add()
            for name, duration in events:
                number = numbers.setdefault(name, 7 + 2 * len(numbers))
                plane.event_metadata[number].id = number
                plane.event_metadata[number].name = name
                line.events.add(metadata_id=number, duration_ps=duration)
    return space.SerializeToString()


def test_times_are_those_of_the_trace_per_step():
    trace = trace_of(
        [
            [
                ("a:_MklNativeConv3D", 30_000_000_000),  # 30 ms.
                ("b:_MklNativeConv3D", 5_000_000_000),
                ("a:_MklNativeConv3D", 10_000_000_000),
                # Neither is an operation of TensorFlow's.
                ("tf::Executor:Process", 900_000_000_000),
                ("train_function", 900_000_000_000),
                ("x:no operation", 900_000_000_000),
            ],
            [("adam/b:ResourceApplyAdam", 2_500_000_000)],
        ],
        # The same number in another plane is another name.
        [[("x:_MklMatMul", 700_000_000), ("y:Softplus", 50_000_000)]],
    )
    # Of ten steps, over all threads.
    assert profile_step._sum(trace) == pytest.approx(
        {
            "convolutions": 4.5,
            "Adam": 0.25,
            "matrix products": 0.07,
            "other": 0.005,
        },
        rel=1e-12,
    )


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("gradient_tape/kernel_gradient_2:_MklNativeConv3D", 0),
        ("x:_MklNativeConv2DBackpropFilter", 0),
        ("x:_MklNativeConv3DBackpropInputV2", 1),
        ("x:_MklMatMul", 2),
        ("x:_MklNativeFusedBatchNormGradV3", 3),
        ("dcgan/batch_normalization_1/Sub:Sub", 3),
        ("x:LeakyReluGrad", 4),
        ("adam_1/Update:ResourceApplyAdam", 5),
        ("x:_MklTranspose", 6),
        ("x:Softplus", 7),
    ],
)
def test_operations_are_grouped(name, group):
    assert profile_step._group(name) == list(profile_step._GROUPS)[group]


ROWS = {
    "ours": {"convolutions": 1.0, "other": 0.5},
    "plain": {"other": 2.0, "gradients of kernels": 4.0, "convolutions": 3.0},
}


def test_each_step_is_profiled_in_a_process_of_its_own_and_told(
    monkeypatch, capsys
):
    def run(command, **options):
        (name,) = (x[7:] for x in command if x.startswith("--step="))
        said = f"what a library prints\n{json.dumps(ROWS[name])}\n"
        return types.SimpleNamespace(stdout=said)

    monkeypatch.setattr(profile_step.subprocess, "run", run)
    profile_step.main(profile_step._parse_flags([]))
    _, *lines = capsys.readouterr().out.splitlines()
    cells = {line[:24].strip(): line[24:].split() for line in lines}
    assert list(cells) == list(profile_step._GROUPS)
    for group, (of_ours, of_plain) in cells.items():
        assert float(of_ours) == ROWS["ours"].get(group, 0)
        assert float(of_plain) == ROWS["plain"].get(group, 0)


def test_the_profile_is_drawn(tmp_path, monkeypatch):
    from matplotlib import pyplot

    drawn = []
    monkeypatch.setattr(pyplot, "close", drawn.append)
    profile_step.draw(ROWS, tmp_path / "profile.png")
    assert (tmp_path / "profile.png").read_bytes()[:4] == b"\x89PNG"
    monkeypatch.undo()
    (figure,) = drawn
    (axis,) = figure.axes
    bars = {
        (group.get_label(), name.get_text()): (bar.get_x(), bar.get_width())
        for group in axis.containers
        for bar, name in zip(group, axis.get_yticklabels(), strict=True)
    }
    pyplot.close(figure)
    # Each begins where the one before it ends.
    assert bars[("gradients of kernels", "ours")] == (0, 0)
    assert bars[("convolutions", "ours")] == (0, 1.0)
    assert bars[("other", "ours")] == (1.0, 0.5)
    assert bars[("gradients of kernels", "plain")] == (0, 4.0)
    assert bars[("convolutions", "plain")] == (4.0, 3.0)
    assert bars[("other", "plain")] == (7.0, 2.0)
