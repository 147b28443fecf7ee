"""`kassa deliveries`: what was told to whom."""
