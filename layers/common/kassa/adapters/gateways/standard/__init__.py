"""Standard Webhooks: any gateway that signs so; the merchant's mapping says what it means."""
