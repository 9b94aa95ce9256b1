import argparse
import math

import pytest
from absl import flags

from recipes.common import define
from tfgan_ref import ranges

WHOLE, SHARE = ranges.whole(2, 2**31 - 1), ranges.number(0, 1)
OPEN = ranges.number(-1.5, 4, above=True, below=True)


@pytest.mark.parametrize(
    ("of", "taken", "refused"),
    [
        (
            WHOLE,
            ["2", "2147483647", 7],
            ["1", "2147483648", "9" * 5000, "1e3", "2.0", 2.5, "nan", "", "x"],
        ),
        (
            SHARE,
            ["0", "1", "0.5", "1e-300", 0.25],
            ["-1e-9", "1.0001", "nan", "inf", "1e400", "-inf", "x"],
        ),
        (OPEN, ["-1.4999", "3.9999"], ["-1.5", "4", "nan"]),
        (ranges.number(), ["1e30"], ["1e31", "inf", "1e400"]),
    ],
)
def test_numbers_in_the_range_are_taken_and_no_others(of, taken, refused):
    for text in taken:
        number = of(text)
        assert type(number) is of.kind and number == float(text)
    for text in refused:
        with pytest.raises(ranges.OutOfRange) as caught:
            of(text)
        assert str(caught.value) == (
            f"{of} was expected. Received: {str(text)[:40]}"
        )


def test_a_range_is_said_as_one_reads_it():
    assert str(WHOLE) == "a whole number in [2, 2^31 - 1]"
    assert str(OPEN) == "a number in (-1.5, 4)"
    assert str(ranges.whole(0, 2**40)) == "a whole number in [0, 2^40]"
    assert str(ranges.whole(1, 10**7)) == "a whole number in [1, 10000000]"


def test_argparse_and_absl_say_the_same(capsys):
    parser = argparse.ArgumentParser()
    parser.add_argument("--share", type=SHARE)
    assert parser.parse_args(["--share=0.5"]).share == 0.5
    with pytest.raises(SystemExit):
        parser.parse_args(["--share=nan"])
    said = f"{SHARE} was expected. Received: nan"
    assert f"argument --share: {said}" in capsys.readouterr().err
    values = flags.FlagValues()
    flags.DEFINE(define._Parser(SHARE), "share", None, "", flag_values=values)
    with pytest.raises(flags.IllegalFlagValueError) as caught:
        values(["x", "--share=nan"])
    assert str(caught.value) == f"flag --share=nan: {said}"
    values(["x", "--share=0.5"])
    assert values.share == 0.5
    assert math.isclose(values["share"].default or 0.5, 0.5)


def test_a_checkpoint_is_a_step_or_the_best():
    assert ranges.checkpoint("best") == "best"
    assert ranges.checkpoint("7") == 7
    for text in ("Best", "", "-1", "1.5"):
        with pytest.raises(ranges.OutOfRange, match="a whole number"):
            ranges.checkpoint(text)
