"""Worlds of payments: what happens at the gateway, what must hold, what is planted."""
