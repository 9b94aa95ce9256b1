"""The discriminator is saturated: it has no doubt left to learn from."""

from __future__ import annotations

from tfgan_ref.diagnosis.finding import Measured, Symptom
from tfgan_ref.diagnosis.history import History

TAG = "diagnosis/doubt"
# The cost of a minibatch is at least its doubt: -log D >= 1 - D.
_BOUND = "loss/discriminator"


def measure(history: History) -> Measured | None:
    """How many mistakes the discriminator expects in a minibatch.

    Its doubt is E(1 - D(x)) + E D(G(z)), of any game the slopes of its cost by
    its logits: 1 where it cannot tell data from samples.
    """
    what, doubt = "the discriminator's doubt is", history.median(TAG)
    if doubt is None and history.facts.in_nats:
        what, doubt = (
            "its cost, no less than its doubt, is",
            history.median(_BOUND),
        )
    if doubt is None:
        return None
    return Measured(
        what,
        doubt,
        1 / history.facts.batch_size,
        "theory: less than one mistake is expected in a minibatch",
        high=False,
    )


SYMPTOM = Symptom(
    name="discriminator_saturated",
    section="3.2.3 and 4.2",
    advice=(
        "--real_target=0.9 (one-sided label smoothing), a smaller "
        "--discriminator_lr or --discriminator_steps=1"
    ),
    needs="ten records after the first tenth, of a discriminator whose cost "
    "flattens",
    measure=measure,
)
