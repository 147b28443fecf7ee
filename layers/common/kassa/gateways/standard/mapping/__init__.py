"""Mappings: what a gateway's words mean, as data."""
