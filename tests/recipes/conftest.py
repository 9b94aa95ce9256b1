"""Helpers of these tests say what they have compared, as tests do."""

import pathlib

import pytest

<<<<<<< HEAD
_HELPERS = ["experiment"]
_HELPERS += [x.stem for x in pathlib.Path(__file__).parent.glob("*_checks.py")]
=======
_HELPERS = ["experiment", "flag_checks", "image_checks", "point_checks"]
_HELPERS += ["label_checks", "features_checks", "wasserstein_checks"]
_HELPERS += ["limit_checks"]
>>>>>>> survivors

pytest.register_assert_rewrite(*(f"tests.recipes.{x}" for x in _HELPERS))
