"""A run as one page of HTML; the program is tools/gallery.py."""
