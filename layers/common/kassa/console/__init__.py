"""What the people who run Kassa do in a browser."""
