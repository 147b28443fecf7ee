"""`kassa reminders`: who is reminded of what they owe, and when."""
