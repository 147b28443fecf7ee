"""Hand-over: a month's documents and what was owed at its end, as one archive."""
