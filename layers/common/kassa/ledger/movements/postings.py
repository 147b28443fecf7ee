"""The postings that each object is due: captures, refunds and their failures, disputes, payouts.

What an object moved out of the merchant's hands and back is a function of the joined state alone.
How much of it is posted stands beside it in the state, and what is owed is the difference: partial
returns, repeated movements, amounts that change and assumptions that are disproved need no rule.
Which state moves money out and which brings it back, as a refund's late failure does, stands in
`gateways/states.py`; what settled them is posted by `ledger/settlement.py`.
"""

from datetime import datetime
from typing import NamedTuple

from kassa.core.postings import Account, Posting, PostingKind
from kassa.gateways.events import Movement as BalanceMovement
from kassa.gateways.events import ObjectKind
from kassa.gateways.states import WAYS
from kassa.ledger.objects import ObjectState
from kassa.ledger.settlement import posting
from kassa.ledger.state import SubjectState

K = ObjectKind
_NOTHING = {"posted_minor": 0, "returned_minor": 0, "opening_minor": 0}


class Whole(NamedTuple):
    """What one object's postings depend on beside itself; worked out once a booking."""

    has_capture: bool
    counted_funds: frozenset[str]
    early_funds: frozenset[str]  # came back, and nobody has reported yet that they were taken

    @classmethod
    def of(cls, state: SubjectState) -> "Whole":
        """Look at the state once."""
        counted, early = state.counted_funds(), state.returned_early()
        return cls(state.has_capture, frozenset(counted), frozenset(early))

    def must_wait(self, object_id: str, known: ObjectState) -> bool:
        """Nothing is given back that wasn't taken: neither a payment's money nor a dispute's."""
        if known.kind is K.REFUND:
            return not self.has_capture
        if known.kind is not K.DISPUTE_FUNDS:
            return False
        return object_id in self.early_funds or not self.has_capture


class Owing(NamedTuple):
    """An object as it stood before this booking and as it stands settled, in its subject."""

    object_id: str
    known: ObjectState
    settled: ObjectState
    state: SubjectState
    movement: BalanceMovement | None

    @property
    def out_minor(self) -> int:
        """Return how much more it took in or moved out than is posted."""
        return self.settled.posted_minor - self.known.posted_minor

    @property
    def back_minor(self) -> int:
        """Return how much more came back than is posted."""
        return self.settled.returned_minor - self.known.returned_minor

    @property
    def opening_minor(self) -> int:
        """Return how much more of it is opening balance; less, where it was captured later."""
        return self.settled.opening_minor - self.known.opening_minor

    @property
    def in_its_currency(self) -> "Owing":
        """Return it without what was posted in another currency than it now has."""
        if self.known.posted_currency is None:
            return self
        return self._replace(known=self.known.model_copy(update=_NOTHING))

    @property
    def undone(self) -> "Owing":
        """Return what takes back all that is posted, in the currency it was posted in."""
        currency = self.known.posted_currency or self.known.currency
        was = self.known.model_copy(update={"currency": currency})
        return self._replace(known=was, settled=was.model_copy(update=_NOTHING))

    @property
    def is_new_state(self) -> bool:
        """Whether its state was never published."""
        return self.known.published != self.settled.published


def settled_object(
    object_id: str, known: ObjectState, whole: Whole, opened_at: datetime | None
) -> ObjectState:
    """Return an object with all that it moved published and posted."""
    if known.kind is K.CHARGE:
        taken_minor = known.amount_minor if known.state == "captured" else 0
        update: dict[str, object] = {
            "posted_minor": taken_minor,
            "opening_minor": _opening(known, opened_at),
        }
    else:
        counts = known.kind is not K.DISPUTE_FUNDS or object_id in whole.counted_funds
        out_minor, back_minor = (known.out_minor, known.back_minor) if counts else (0, 0)
        update = {"posted_minor": out_minor, "returned_minor": back_minor}
    update |= {"published": known.state, "posted_currency": None}
    stands = {name: getattr(known, name) for name in update}
    return known if stands == update else known.model_copy(update=update)


def _opening(known: ObjectState, opened_at: datetime | None) -> int:
    """Return how much of a capture belongs to the opening balance, by when it was captured.

    What was posted as an ordinary capture stays one, also where the books are opened anew.
    """
    if known.state != "captured":
        return 0
    if opened_at is None:
        return known.opening_minor
    is_before = known.instant < opened_at
    return known.opening_minor + known.amount_minor - known.posted_minor if is_before else 0


def movement_postings(owing: Owing) -> tuple[Posting, ...]:
    """Post what an object moved out and what of it came back, as far as it isn't posted."""
    way = WAYS.get(owing.known.kind)
    if way is None:
        return ()
    owed = ((way.posting_out, owing.out_minor), (way.posting_back, owing.back_minor))
    return tuple(
        posting(owing.object_id, kind, owing.known.money(minor)) for kind, minor in owed if minor
    )


def capture_postings(owing: Owing) -> tuple[Posting, ...]:
    """Post what was captured: before the books were opened, or since.

    What was taken for captured before, and turns out to be captured since, leaves the opening
    balance again.
    """
    kind, opening_minor = PostingKind.CAPTURE, owing.opening_minor
    moved = posting(owing.object_id, kind, owing.known.money(abs(opening_minor)))
    end = "destination" if opening_minor > 0 else "source"
    opening = moved.model_copy(update={end: Account.OPENING_BALANCE})
    since_minor = owing.out_minor - max(0, opening_minor)
    since = posting(owing.object_id, kind, owing.known.money(since_minor))
    return tuple(part for part in (opening, since) if part.amount.amount_minor)


def reversal_postings(owing: Owing) -> tuple[Posting, ...]:
    """Take a capture back from where it was posted to."""
    reversed_minor = -owing.out_minor
    opening_minor = min(owing.known.opening_minor, reversed_minor)
    plain_minor = reversed_minor - opening_minor
    kind, money = PostingKind.CAPTURE_REVERSAL, owing.known.money
    of_opening = posting(owing.object_id, kind, money(opening_minor))
    parts = (
        posting(owing.object_id, kind, money(plain_minor)),
        of_opening.model_copy(update={"source": Account.OPENING_BALANCE}),
    )
    return tuple(part for part in parts if part.amount.amount_minor)
