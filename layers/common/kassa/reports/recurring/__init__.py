"""Monthly recurring revenue: what agreements bring each month, and what moved it."""
