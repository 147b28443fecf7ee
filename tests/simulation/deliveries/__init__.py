"""Deliveries under faults: mails, webhooks and records of partners, each fact told once to each."""
