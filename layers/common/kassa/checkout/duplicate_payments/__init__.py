"""Payments of an order that came beside those that paid it: they go back, or pay in their place."""
