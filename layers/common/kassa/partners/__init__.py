"""Other programs that hear of facts: webhooks to whoever asked, and targets described by data."""
