"""Customers: who they are, in one item each, so that who is forgotten is forgotten everywhere."""
