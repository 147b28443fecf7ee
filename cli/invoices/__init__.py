"""`kassa invoices`: numbers of invoices, credit notes and receipts, and what became of them."""
