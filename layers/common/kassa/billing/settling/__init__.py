"""What payments do to invoices: captures settle them, and what is taken back opens them again."""
