"""Statements of account: what a customer was invoiced, paid and got back, and how it is told."""
