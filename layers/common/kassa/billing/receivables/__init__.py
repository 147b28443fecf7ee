"""Receivables: what customers owe of each invoice, and what became of it."""
