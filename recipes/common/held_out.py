"""Which images are not trained on."""

from absl import flags

TEST_SPLIT = flags.DEFINE_string(
    "test_split", "test", "Split of the data set that is shown and measured."
)
