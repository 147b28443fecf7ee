"""Screens of payments: their lists, one of them, and what a filter of them comes to."""
