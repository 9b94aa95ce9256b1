"""StackGAN's stages."""

from tfgan_ref.models import stackgan

WORDS = ("a", "dark", "heart", "red", "tone")
EXAMPLES = ("a red heart", "dark tone", "red")
SMALL = {"latent_dim": 3, "text_dim": 4, "condition_dim": 2}


def first(**kwargs):
    return stackgan.build(
        (32, 32, 1), WORDS, 3, EXAMPLES, width=2, ema_decay=0.5, **SMALL, **kwargs
    )


def second():
    return stackgan.build_second((64, 64, 1), first(), width=2, ema_decay=0.5)


CASES = {"first": first, "second": second}
