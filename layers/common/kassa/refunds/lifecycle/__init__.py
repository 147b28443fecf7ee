"""How a request stands, and what it does next."""
