"""Helpers of these tests say what they have compared, as tests do."""

import pytest

_HELPERS = ["experiment", "flag_checks", "image_checks", "point_checks"]
_HELPERS += ["label_checks", "features_checks", "wasserstein_checks"]

pytest.register_assert_rewrite(*(f"tests.recipes.{x}" for x in _HELPERS))
