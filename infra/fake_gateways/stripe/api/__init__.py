"""How Stripe's API takes parameters, finds its routes, and shows objects and errors."""
