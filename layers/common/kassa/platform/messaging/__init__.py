"""Queues and the bus."""
