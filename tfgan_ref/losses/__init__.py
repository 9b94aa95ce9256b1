"""Costs of the adversarial games: logits in, one cost per example out."""
