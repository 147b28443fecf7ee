"""The decision table of a merchant."""
