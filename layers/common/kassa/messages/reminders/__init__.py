"""What reminders say: what they are told, as letters, and beforehand."""
