"""Links in messages: https alone, since others may be read, or turned into something else."""


def secure(url: str | None) -> str | None:
    """Return a link that may stand in a mail; none where it is another."""
    return url if url and url.startswith("https://") else None
