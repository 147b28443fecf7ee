"""What customers owe, as reminders see it, and whether a payment of it is on its way."""
