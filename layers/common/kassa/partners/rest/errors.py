"""What an answer of a target means, and what may be kept of it when it refuses.

A refusal often quotes what it refused. Of its words a line is kept, without addresses, long
numbers, secrets or anything that was sent about a person.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from kassa.core.paths import find
from kassa.partners.ports import Answer, Verdict
from kassa.partners.rest.target import Statuses
from kassa.partners.retry_after import retry_after

MESSAGE_MAX = 120
UNAUTHORIZED_RETRY_S = 900.0  # a person changes the secret meanwhile
UNAUTHORIZED = "unauthorized"
_UNSAID = "…"
_SCRUBBED = (
    re.compile(r"\S+@\S+"),
    re.compile(r"https?://\S+"),
    re.compile(r"\+?[0-9][0-9 ()-]{6,}[0-9]"),  # phones, cards, accounts
    re.compile(r"\b[A-Za-z0-9_.~+/=-]{24,}"),  # tokens
)


def read(
    status: int, headers: Mapping[str, str], body: Any, meanings: Statuses, now: datetime
) -> Answer:
    """Return what an answer to a write means; one that is done has its target's id added later.

    A status that isn't named is an answer all the same: it refuses, or, of a server's own errors,
    leaves open what was done.
    """
    wait = retry_after(headers.get("retry-after"), now)
    retry_after_s = None if wait is None else wait.total_seconds()
    if status in meanings.done:
        return Answer(Verdict.DONE)
    if status in meanings.busy:
        return Answer(Verdict.BUSY, "busy", retry_after_s=retry_after_s, is_for_all=True)
    if status == 401:
        return unauthorized()
    if status in meanings.unknown or status >= 500:
        is_silent = status >= 500
        why = f"status {status}"
        return Answer(Verdict.UNKNOWN, why, retry_after_s=retry_after_s, is_silent=is_silent)
    return Answer(Verdict.REFUSED, refusal(status, body, meanings))


def unauthorized() -> Answer:
    """Return that the credentials aren't taken: a matter of all records, and of a person."""
    return Answer(Verdict.BUSY, UNAUTHORIZED, retry_after_s=UNAUTHORIZED_RETRY_S, is_for_all=True)


def refusal(status: int, body: Any, meanings: Statuses) -> str:
    """Return a refusal's status and, where it says why, its words; not scrubbed yet."""
    text = find(meanings.message, body) if meanings.message else None
    return f"status {status}: {text}" if isinstance(text, str) and text else f"status {status}"


def scrubbed(message: str, unsaid: Iterable[str]) -> str:
    """Return one line of a message without what must not be kept."""
    line = " ".join(message.split())
    for text in sorted(filter(None, unsaid), key=len, reverse=True):
        line = re.sub(re.escape(text), _UNSAID, line, flags=re.I)
    for pattern in _SCRUBBED:
        line = pattern.sub(_UNSAID, line)
    printable = "".join(one if one.isprintable() else " " for one in line)
    return printable if len(printable) <= MESSAGE_MAX else printable[: MESSAGE_MAX - 1] + _UNSAID
