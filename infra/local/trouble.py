"""What can go wrong with the embedded stack, told in one line with what to do."""


class Trouble(Exception):
    """Something went wrong; the message says what and what to do."""
