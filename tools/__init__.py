"""Programs about the project."""
