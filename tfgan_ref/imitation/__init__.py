"""Imitation of experts in an environment, section 5.6 of the tutorial."""
