"""Mappings: what a gateway's fields mean, as data."""
