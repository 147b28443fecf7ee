"""Electronic invoices: a document that was worked out, written as machines read it, and judged."""
