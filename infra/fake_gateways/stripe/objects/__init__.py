"""What Stripe keeps: payments and what becomes of them."""
