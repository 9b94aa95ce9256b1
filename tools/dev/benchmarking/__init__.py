"""The contestants of tools/dev/benchmark.py, and how they take turns."""
