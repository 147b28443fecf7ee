"""What is known of a customer and a payment."""
