"""Parsers of tools."""

from tfgan_ref.command_line import Parser


def test_the_help_says_the_defaults_that_there_are(capsys):
    parser = Parser("Does it.\n\nAt length.")
    parser.add_argument("--count", type=int, default=0, help="how many")
    parser.add_argument("--model", help="a run; else the last")
    parser.add_argument("--fast", action="store_true", help="or slow")
    parser.add_argument("names", nargs="*", default=[], help="of all")
    said = parser.format_help()
    assert "\nDoes it.\n" in said and "length" not in said
    assert said.count("(default: ") == 1
    assert "how many (default: 0)\n" in said
