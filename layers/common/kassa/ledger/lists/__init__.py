"""What is listed of the books."""
