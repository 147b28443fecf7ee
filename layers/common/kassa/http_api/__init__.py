"""What all routes of the HTTP API share: requests, refusals, idempotency, lists."""
