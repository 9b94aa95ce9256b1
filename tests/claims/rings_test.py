"""Figures 15, 22 and 32: what the records of runs on rings say."""

import pytest

from tests import small_records
from tests.claims.numbers import expected, measured
from tests.claims.runs import write_ring
from tfgan_ref.errors import UserError
from tools.dev import records
from tools.dev.tutorial import ring
from tools.dev.tutorial_claims import fig15, fig22, fig32


def test_a_run_tells_where_most_samples_were(tmp_path):
    write_ring(tmp_path, "run", nearest=(2, 0, 2))
    run = ring.read(tmp_path, "run", "unrolled")
    assert run.visited() == 2
    assert run.last == 900
    assert run.samples[300].shape == (7, 2)
    assert run.modes == {100: 1, 500: 2, 900: 3}
    assert run.quality[100] == 0.25


def test_figure_22_counts_what_is_in_the_records(tmp_path):
    write_ring(
        tmp_path, "unrolled_paper_k0_seed1", {5: (0, 0.0), 9: (1, 0.125)}
    )
    write_ring(tmp_path, "unrolled_ring_k0_seed1")
    computed = fig22.compute(tmp_path)
    assert measured(computed) == {
        "modes": 1,
        "visited": 2,
        "quality": 0.125,
        "other_modes": 3,
    }
    assert expected(computed) == {"modes": 1, "other_modes": 1}


def test_figure_32_counts_what_is_in_the_records(tmp_path):
    names = [name for name, _ in fig32.RUNS.values()]
    write_ring(tmp_path, names[0], {5: (3, 0.5), 9: (2, 0.75), 12: (3, 0.875)})
    write_ring(tmp_path, names[1], {5: (1, 0.5)})
    write_ring(tmp_path, names[2])
    computed = fig32.compute(tmp_path)
    first, second, third = fig32.RUNS
    assert measured(computed) == {
        f"modes_{first}": 3,
        f"quality_{first}": 0.875,
        f"from_{first}": 12,
        f"modes_{second}": 1,
        f"quality_{second}": 0.5,
        f"modes_{third}": 3,
        f"quality_{third}": 0.5,
        f"from_{third}": 900,
    }
    # Those of the notebook may be missing.
    (tmp_path / f"{names[1]}.json").unlink()
    assert list(fig32.compute(tmp_path)["runs"]) == [first, third]
    # Of a plain GAN nobody claims that it has them all.
    assert expected(computed) == {f"modes_{first}": 3, f"modes_{second}": 3}


def test_figure_15_counts_what_is_in_the_records(tmp_path):
    for name, _ in fig15.RUNS.values():
        write_ring(tmp_path, name)
    write_ring(
        tmp_path, "divergence_kl_ring_seed1", {5: (2, 0.5), 9: (1, 0.25)}
    )
    found = measured(fig15.compute(tmp_path))
    assert found["most_KL(p, q)"] == 2
    assert found["last_KL(p, q)"] == 1
    assert found["quality_KL(p, q)"] == 0.5
    assert found["last_minimax"] == 3


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"evaluations": []},
        {"evaluations": [{"step": 1, "eval/high_quality": 1}], "samples": {}},
    ],
)
def test_a_record_of_something_else_is_one_line(content, tmp_path):
    small_records.write(tmp_path / "run.json", "run", **content)
    with pytest.raises(UserError, match=r"run\.json is damaged") as error:
        ring.read(tmp_path, "run", "unrolled")
    assert "\n" not in str(error.value)


def test_a_run_that_is_not_recorded_says_how_to_make_it(tmp_path):
    with pytest.raises(records.NotRecorded, match="recipes.unrolled --net"):
        fig22.compute(tmp_path)
