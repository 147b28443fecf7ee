"""Times as PayPal writes them."""

from datetime import UTC, datetime


def written(at_s: float) -> str:
    """Return seconds since 1970 as PayPal's objects say them."""
    return datetime.fromtimestamp(int(at_s), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds(text: str) -> float:
    """Return an instant in seconds since 1970; raise ValueError for what is none."""
    read = datetime.fromisoformat(text)
    if read.tzinfo is None:
        raise ValueError("no offset")
    return read.timestamp()
