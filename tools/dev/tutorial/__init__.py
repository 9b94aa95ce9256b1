"""What docs/tutorial.md and its figures are made with."""
