"""What all fake gateways share: time, faults, idempotency, webhooks, pages and the server."""
