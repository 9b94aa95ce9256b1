"""Pictures of what a generator draws; the program is tools/generate.py."""
