"""Gateways compared: how each answered, declined, paid out, and kept what its contract promised."""
