"""The tour of all gateways: one shop sells through every fake, and everything is judged."""
