"""What payments cost, whether that is what was agreed, and what it would have cost elsewhere."""
