"""What is wrong with a run, as its numbers tell: one file per symptom."""
