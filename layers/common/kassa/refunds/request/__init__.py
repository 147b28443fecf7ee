"""What is requested."""
