"""What moved a balance, and what is left to post of it."""
