"""The contestants of tools/benchmark.py, and how they take turns."""
