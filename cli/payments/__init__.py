"""`kassa payments`: list and show them, enter what came in past every gateway."""
