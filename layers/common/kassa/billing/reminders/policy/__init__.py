"""The policy of reminders: its steps, when they are sent, and what being late costs."""
