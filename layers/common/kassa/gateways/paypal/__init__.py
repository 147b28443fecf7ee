"""PayPal."""
