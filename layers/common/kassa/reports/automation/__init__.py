"""What Kassa did for the merchant: decisions, documents, messages, repairs, and minutes saved."""
