"""A round whose discriminator has several outputs, `logits` among them.

Two networks over one trunk would share variables; one with named outputs says
whether an example is real and what else of it there is to tell.
"""

from tfgan_ref.round import Round, flat, quantity


class NamedOutputsRound(Round):
    """Of each pass through the discriminator a dict."""

    @quantity
    def real_outputs(self):
        """Name -> the discriminator's outputs on real examples."""
        return self.forward("discriminator", self.shown_real)

    @quantity
    def fake_outputs(self):
        """Name -> the discriminator's outputs on samples."""
        return self.forward("discriminator", self.shown_fake)

    @quantity
    def real_logits(self):
        """Logits of "real" on real examples, float `[batch]`."""
        return flat(self.real_outputs["logits"])

    @quantity
    def fake_logits(self):
        """Logits of "real" on samples, float `[batch]`."""
        return flat(self.fake_outputs["logits"])
