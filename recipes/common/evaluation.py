"""The flag of recipes that evaluate as they train; others have none."""

from absl import flags

EVAL_EVERY = flags.DEFINE_integer("eval_every", 1000, "Steps.", lower_bound=1)
