"""Customers' choice: what pages offered, what was chosen, left, paid and refused, and how fast."""
