"""How a webhook proves that it is its gateway's; the standard library alone."""
