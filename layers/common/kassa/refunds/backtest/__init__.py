"""A policy tried on past requests."""
