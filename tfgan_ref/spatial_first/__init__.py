"""Convolutional networks run with height and width before the batch."""
