"""Electronic invoices held against the official rules, which run in an environment of their own."""
