"""What a generator of tokens gets for a sample, by the flag's name."""

NAMES = ["logit", "log_d", "d"]


def cost(name):
    """The generator's cost, a function of logits: minus that reward.

    Args:
        name: of `NAMES`.
    """
    from tfgan_ref.losses import adversarial, discrete, hinge

    return {
        "logit": hinge.hinge_generator_loss,
        "log_d": adversarial.non_saturating_generator_loss,
        "d": discrete.sigmoid_generator_loss,
    }[name]
