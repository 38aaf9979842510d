"""Where every cell went, and what has to be said about it."""
