"""Contacts: whether, when and in which language somebody may be written to."""
