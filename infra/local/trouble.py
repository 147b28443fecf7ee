"""What can go wrong with the embedded stack, told in one line with what to do."""

from kassa.core.errors import KassaError


class Trouble(KassaError):
    """Something went wrong; the message says what and what to do."""
