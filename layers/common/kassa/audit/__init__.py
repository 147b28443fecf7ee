"""The audit trail: who did what, hash-chained by day."""
