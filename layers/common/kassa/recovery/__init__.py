"""Books built again, replayed and compared."""
