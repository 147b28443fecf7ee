"""Reminders: who is told that something is due, when, and what being late costs."""
