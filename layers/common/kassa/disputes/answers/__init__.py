"""What an answer to a dispute is made of: what is known, what is added, and as which files."""
