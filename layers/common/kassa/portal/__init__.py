"""What customers do for themselves: first of all, to sign in."""
