"""The postings of captures: which are an opening balance, and what is taken back from where.

What was captured before the books were opened is in the bank already, so it isn't owed by the
gateway. Both parts of a capture are posted by their difference, as everything is.
"""

from datetime import datetime
from typing import NamedTuple

from kassa.core.postings import Account, Posting, PostingKind
from kassa.ledger.movements.postings import Owing
from kassa.ledger.objects import ObjectState
from kassa.ledger.settlement import posting

_TAKEN, _BACK = PostingKind.CAPTURE, PostingKind.CAPTURE_REVERSAL
_PLAIN: dict[str, Account] = {}
_FROM_OPENING = {"source": Account.OPENING_BALANCE}
_INTO_OPENING = {"destination": Account.OPENING_BALANCE}


def opening_minor(
    known: ObjectState, earlier: ObjectState | None, opened_at: datetime | None
) -> int:
    """Return how much of a capture belongs to the opening balance, by when it was captured.

    `earlier` is the charge before the event. What was posted as an ordinary capture stays one
    where the books are opened anew, and not where a surer report names an instant before them.
    """
    if known.state != "captured":
        return 0
    if opened_at is None:
        return min(known.opening_minor, known.amount_minor)
    if known.instant >= opened_at:
        return 0
    was_since = earlier is not None and earlier.instant >= opened_at
    if was_since or known.posted_currency is not None:
        return known.amount_minor
    return max(0, known.opening_minor + known.amount_minor - known.posted_minor)


def capture_postings(owing: Owing) -> tuple[Posting, ...]:
    """Post what was captured: before the books were opened, or since.

    What was taken for captured before, and turns out to be captured since, leaves the opening
    balance again.
    """
    owed = _owed(owing)
    parts = (
        (owed.left, _FROM_OPENING),
        (owed.opening, _INTO_OPENING),
        (owed.since - owed.left, _PLAIN),
    )
    return tuple(_moved(owing, _TAKEN, minor, ends) for minor, ends in parts if minor > 0)


def reversal_postings(owing: Owing) -> tuple[Posting, ...]:
    """Take a capture back from where it was posted to."""
    owed = _owed(owing)
    parts = ((-owed.since, _PLAIN), (-owed.opening - owed.left, _FROM_OPENING))
    return tuple(_moved(owing, _BACK, minor, ends) for minor, ends in parts if minor > 0)


class _Owed(NamedTuple):
    """How much more of a capture is of either time, in minor units; below 0 where it is less."""

    opening: int
    since: int

    @property
    def left(self) -> int:
        """Return what leaves the opening balance since it was captured later."""
        return max(0, min(-self.opening, self.since))


def _owed(owing: Owing) -> _Owed:
    opening = owing.opening_minor
    return _Owed(opening, owing.out_minor - opening)


def _moved(owing: Owing, kind: PostingKind, minor: int, ends: dict[str, Account]) -> Posting:
    return posting(owing.object_id, kind, owing.known.money(minor)).model_copy(update=ends)
