"""A turn: which networks of a game move, and how often."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Turn:
    """A turn of a `GAN`.

    Its cost is the GAN's method `<name>_cost`, its optimizer the attribute
    `<name>_optimizer`.

    Attributes:
        name: of the turn.
        moves: names of the networks that it moves.
        repeats: int >= 1, updates per step.
    """

    name: str
    moves: tuple[str, ...]
    repeats: int = 1
