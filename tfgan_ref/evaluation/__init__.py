"""Measures of what a GAN has learnt."""
