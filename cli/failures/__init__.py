"""`kassa intake` and `kassa dlq`: refused webhooks, and dead letters."""
