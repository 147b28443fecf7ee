"""A closed report proven by an engine that didn't make it."""
