"""Kassa, the payment back office: domain, operations and adapters shared by every function."""
