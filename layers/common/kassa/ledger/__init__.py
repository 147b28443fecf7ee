"""The one writer of money."""
