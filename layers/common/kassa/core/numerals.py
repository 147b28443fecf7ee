"""Whole numbers that somebody wrote as text: plain digits, and nothing else that Python reads.

Python's own int() also takes 5_0, " 5", +5 and digits of other scripts, and some readers take 1.0.
Two spellings of one number are two names of one thing, to a cache or a log, so there is but one.
"""

import re

_PLAIN = re.compile(r"[0-9]{1,15}")


def whole(value: object) -> int:
    """Return the number that plain digits spell; raise ValueError for any other text."""
    text = str(value)
    if not _PLAIN.fullmatch(text):
        raise ValueError("must be a whole number in plain digits, such as 50")
    return int(text)
