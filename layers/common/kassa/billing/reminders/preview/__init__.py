"""What reminders will be sent, or would have been."""
