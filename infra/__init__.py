"""What is deployed beside the functions, and the embedded stack."""
