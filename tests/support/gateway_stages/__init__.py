"""A stage for each gateway: the real handlers, its scene behind them, and what tests ask."""
