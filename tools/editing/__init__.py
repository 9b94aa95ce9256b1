"""Edits of pictures, as files; the program is tools/edit.py."""
