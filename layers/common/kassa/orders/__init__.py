"""Orders as they are kept: content, lifecycle, attempts."""
