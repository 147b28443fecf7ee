"""`kassa routes`: which gateway accounts orders go to."""
