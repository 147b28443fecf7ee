"""Message settings: who sends, to which staff, which messages and when; saved by version."""
