"""Payments that people enter: kept, audited, and queued as events of the gateway `manual`."""
