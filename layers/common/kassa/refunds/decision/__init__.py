"""What is decided of a request, by whom."""
