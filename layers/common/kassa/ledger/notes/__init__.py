"""What people note on payments: kept beside the books, which never read it."""
