"""Filters of payments that a person named, to come back to."""
