"""`kassa orders`: orders and their attempts."""
