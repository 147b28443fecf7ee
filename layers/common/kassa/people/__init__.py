"""Persons, their roles, and the API keys that belong to them."""
