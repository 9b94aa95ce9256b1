"""Helpers of these tests say what they have compared, as tests do."""

import pathlib

import pytest

_HELPERS = ["experiment"]
_HELPERS += [x.stem for x in pathlib.Path(__file__).parent.glob("*_checks.py")]

pytest.register_assert_rewrite(*(f"tests.recipes.{x}" for x in _HELPERS))
