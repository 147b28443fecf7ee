"""`kassa intake`, `kassa dlq`, `kassa deliveries`: refused, dead, and what was sent to whom."""
