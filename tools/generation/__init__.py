"""Pictures of what a trained generator draws; tools/generate.py is the program."""
