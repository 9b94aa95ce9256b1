"""The flag of recipes that evaluate as they train; others have none."""

from recipes.common import define

EVAL_EVERY = define.whole("eval_every", 1000, "Steps.")
