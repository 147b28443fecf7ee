"""`kassa webhooks`: who is told of facts, by webhooks of their own."""
