"""Mutations of a made-up module, and a checkout whose tests see some."""

import pathlib
import subprocess
import sys
import textwrap

import pytest

from tools.dev import module_tests, mutate, mutations

ROOT = pathlib.Path(__file__).parents[3]


def changes(source):
    source = textwrap.dedent(source)
    return {mutation.applied(source) for mutation in mutations.of(source)}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = a - b\n", {"x = (a + b)\n"}),
        ("x = a if b else c\n", {"x = (c if b else a)\n"}),
        ("x = a < b\n", {"x = (a <= b)\n"}),
        ("x = not a\n", {"x = (a)\n"}),
        ("x = a and b\n", {"x = (a or b)\n"}),
        ("x = 3\n", {"x = (4)\n"}),
        ("x = 0.0\n", {"x = (0.5)\n"}),
        ("x = 2.0\n", {"x = (3.0)\n"}),
        ("x = False\n", {"x = (True)\n"}),
        ("x = f(a, b)\n", {"x = (f(b, a))\n"}),
        ("x = f(a, k=b)\n", {"x = (f(a))\n"}),
        # A tab, letters of two bytes, and what stands before on the line.
        ("é = 'ü'; x = a * b\n", {"é = 'ü'; x = (a / b)\n"}),
    ],
)
def test_each_place_is_changed_alone(before, after):
    assert changes(before) == after


@pytest.mark.parametrize(
    "source",
    [
        '"""Text of 3 words."""\n',
        "raise UserError(3 + 4)\n",
        "logging.info('%d', 3)\n",
        "x: Literal[3] = y\n",
        "def f(a: Literal[3]) -> Literal[4]: pass\n",
        "if __name__ == '__main__':\n    f(1)\n",
        "x = f'{a:3}' + b\n",
    ],
)
def test_what_is_only_told_stays(source):
    assert changes(source) == set()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = zip(a, b, strict=True)\n", {"x = (zip(b, a, strict=True))\n"}),
        ("x = f(a.b, a.b)\n", set()),
        ("x = tf.minimum(a, b)\n", set()),
        ("x = tf.math.squared_difference(a, b)\n", set()),
        ("x = tf.subtract(a, b)\n", {"x = (tf.subtract(b, a))\n"}),
    ],
)
def test_what_would_change_nothing_stays(before, after):
    assert changes(before) == after


def test_an_inner_place_leaves_the_outer_as_it_is():
    assert changes("x = a + 2 * b\n") == {
        "x = (a - 2 * b)\n",
        "x = a + (2 / b)\n",
        "x = a + (3) * b\n",
    }


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """One function with a test that sees its sign and not its scale."""
    files = {
        "tfgan_ref/__init__.py": "",
        "tfgan_ref/odd.py": "def cube(x):\n    return x * x * x\n",
        "tfgan_ref/user.py": "from tfgan_ref.odd import cube\n",
        "tfgan_ref/lonely.py": "",
        "recipes/__init__.py": "",
        "recipes/none.py": "",
        "tools/none.py": "",
        "tests/odd_test.py": (
            "from tfgan_ref.odd import cube\n\n\n"
            "def test_one():\n    assert cube(1) == 1 and cube(2) != 2\n"
        ),
        "tests/user_test.py": "from tfgan_ref import user\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(mutate, "ROOT", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("module", "tests"),
    [
        ("tfgan_ref/odd.py", ("tests/odd_test.py",)),  # By name.
        ("tfgan_ref/user.py", ("tests/user_test.py",)),
        ("tfgan_ref/lonely.py", ("tests/user_test.py", "tests/odd_test.py")),
    ],
)
def test_the_tests_of_a_module(checkout, module, tests):
    assert module_tests.of(checkout, pathlib.Path(module)) == tests


@pytest.mark.parametrize("imported", ["user", "odd"])
def test_without_a_test_of_its_name_its_users_and_their_tests_count(
    checkout, imported
):
    (checkout / "tests/odd_test.py").unlink()
    test = f"import tfgan_ref.{imported}\n# The longer of both.\n"
    (checkout / "tests/cube_test.py").write_text(test)
    found = module_tests.of(checkout, pathlib.Path("tfgan_ref/odd.py"))
    users = ("tests/user_test.py",)
    assert found == users + ("tests/cube_test.py",) * (imported == "odd")


def test_scores_and_survivors(checkout, capsys):
    mutate.main(mutate._parse_flags(["--jobs=1", "--package=tfgan_ref"]))
    printed = capsys.readouterr().out
    # x / x * x is x: seen at 2. x * x / x as well.
    assert "2   2 100.0%" in printed
    weak = (checkout / "tests/odd_test.py").read_text()
    weak = weak.replace(" and cube(2) != 2", "")
    (checkout / "tests/odd_test.py").write_text(weak)
    mutate.main(mutate._parse_flags(["--jobs=1", "--package=tfgan_ref"]))
    score, survivors = capsys.readouterr().out.split("Survivors:")
    assert "0   2   0.0%" in score
    assert "tfgan_ref/odd.py:2: x * x  ->  (x / x)" in survivors


@pytest.mark.parametrize("wrong", ["--count=0", "--package=tests"])
def test_a_mistake_is_one_line(wrong):
    done = subprocess.run(
        [sys.executable, "tools/dev/mutate.py", wrong],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert "error: " in done.stderr.splitlines()[-1]
