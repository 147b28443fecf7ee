"""Orders led to a hosted checkout and through it."""
