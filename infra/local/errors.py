"""What can go wrong with the embedded stack and the demo, in one line with what to do."""

from kassa.core.errors import KassaError


class DemoError(KassaError):
    """Something went wrong; the message says what and what to do."""
