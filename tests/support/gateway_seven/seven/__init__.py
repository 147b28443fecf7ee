"""Seven: a gateway that sends a payment whole whenever something happens to it."""
