"""Checkouts that customers left: found, written once, and published."""
