"""The tour of all gateways: one shop sells through every twin, and everything is judged."""
