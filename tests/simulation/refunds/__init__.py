"""What is asked for and decided about refunds in a world of payments."""
