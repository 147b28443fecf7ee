"""What PayPal keeps: orders, captures and what becomes of them."""
