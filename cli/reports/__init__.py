"""What customers owe, on the command line."""
