"""Drafts: invoices as a shop asks for them, issued to be paid later."""
