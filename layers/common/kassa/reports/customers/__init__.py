"""Customers: what they are worth, whether they come back, and who is about to leave."""
