"""What screens read over several rooms."""
