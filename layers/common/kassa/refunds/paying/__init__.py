"""How an approved refund is paid and found again."""
