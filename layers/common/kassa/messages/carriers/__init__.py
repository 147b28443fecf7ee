"""Carriers: who takes a message to its recipient, and what its answer means."""
