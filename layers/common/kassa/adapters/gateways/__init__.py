"""One module for each gateway; its vocabulary ends there."""
