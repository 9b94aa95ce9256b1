"""One small model of each branch of figure 9 of the tutorial."""
