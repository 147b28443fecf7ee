"""Deliveries: what leaves Kassa for whom, once each, and what became of it."""
