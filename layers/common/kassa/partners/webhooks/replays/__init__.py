"""Replays: what an endpoint was told in a window, told once more."""
