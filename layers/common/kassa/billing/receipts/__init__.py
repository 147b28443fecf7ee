"""Receipts: a numbered document for each payment of an invoice that is to have one."""
