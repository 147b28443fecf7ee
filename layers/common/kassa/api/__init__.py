"""The read API, and who may call it."""
