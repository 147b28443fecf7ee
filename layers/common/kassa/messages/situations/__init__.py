"""How things stand that a message is about, read again before it is sent."""
