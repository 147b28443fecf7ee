"""Which gateway an order goes to, and which is left alone."""
