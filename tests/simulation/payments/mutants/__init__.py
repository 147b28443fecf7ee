"""Mistakes with payments that are planted, to see that each is caught."""
