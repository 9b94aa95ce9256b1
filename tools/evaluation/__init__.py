"""Scores of what a model makes; the program is tools/evaluate.py."""
