"""What customers and staff are told: mails, texts and letters."""
