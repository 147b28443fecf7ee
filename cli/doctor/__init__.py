"""`kassa doctor` and `make deploy-check`: what is wrong, and what to do about it."""
