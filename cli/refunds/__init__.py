"""`kassa refunds`: refund requests, shown and decided."""
