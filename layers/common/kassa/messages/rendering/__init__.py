"""A message as it leaves: its words filled in, its pages, and the bytes of a mail."""
