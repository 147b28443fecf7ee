"""Refunds: requested, decided, paid, known to the end."""
