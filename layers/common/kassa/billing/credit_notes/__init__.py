"""Credit notes: what is given back of an invoice, line by line."""
