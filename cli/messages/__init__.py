"""`kassa messages`: how messages are sent, what they look like, and who gets no more of them."""
