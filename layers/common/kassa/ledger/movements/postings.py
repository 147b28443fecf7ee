"""The postings that each object is due: refunds and their failures, disputes, payouts.

What an object moved out of the merchant's hands and back is a function of the joined state alone.
How much of it is posted stands beside it in the state, and what is owed is the difference: partial
returns, repeated movements, amounts that change and assumptions that are disproved need no rule.
Which state moves money out and which brings it back, as a refund's late failure does, stands in
`gateways/states.py`; what settled them is posted by `ledger/settlement.py`.
"""

from typing import NamedTuple

from kassa.core.postings import Posting
from kassa.gateways.events import Card, ObjectKind, ObjectReport
from kassa.gateways.events import Movement as BalanceMovement
from kassa.gateways.states import WAYS
from kassa.ledger.objects import ObjectState
from kassa.ledger.settlement import posting
from kassa.ledger.state import SubjectState

K = ObjectKind
_NOTHING = {"posted_minor": 0, "returned_minor": 0, "opening_minor": 0}
_UNPUBLISHED: dict[str, object] = _NOTHING | {"published": None, "posted_currency": None}


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

    def stands(self, object_id: str, known: ObjectState) -> bool:
        """Tell whether an object counts, and needn't wait for what it follows from.

        Nothing is given back that wasn't taken: neither a payment's money nor a dispute's.
        """
        if known.kind is K.REFUND:
            return self.has_capture
        if known.kind is not K.DISPUTE_FUNDS:
            return True
        is_early = object_id in self.early_funds or not self.has_capture
        return object_id in self.counted_funds and not is_early


class Owing(NamedTuple):
    """An object as it stood before this booking and as it stands settled, in its subject."""

    event_id: str
    object_id: str
    known: ObjectState
    settled: ObjectState
    state: SubjectState
    report: ObjectReport | None  # of a balance transaction or a card: what isn't kept of it

    @property
    def movement(self) -> BalanceMovement | None:
        """Return what a balance transaction moved."""
        return self.report.movement if self.report else None

    @property
    def card(self) -> Card | None:
        """Return which card it is."""
        return self.report.card if self.report else None

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
    object_id: str, known: ObjectState, whole: Whole, opening_minor: int
) -> ObjectState:
    """Return an object with all that it moved published and posted; nothing where it can't stand.

    A function of the joined state alone: what was published before has no say in it.
    """
    if not whole.stands(object_id, known):
        update = _UNPUBLISHED
    elif known.kind is K.CHARGE:
        update = _UNPUBLISHED | {
            "published": known.state,
            "posted_minor": known.amount_minor if known.state == "captured" else 0,
            "opening_minor": opening_minor,
        }
    else:
        update = _UNPUBLISHED | {
            "published": known.state,
            "posted_minor": known.out_minor,
            "returned_minor": known.back_minor,
        }
    stands = {name: getattr(known, name) for name in update}
    return known if stands == update else known.model_copy(update=update)


def movement_postings(owing: Owing) -> tuple[Posting, ...]:
    """Post what an object moved out and what of it came back, as far as it isn't posted."""
    way = WAYS.get(owing.known.kind)
    if way is None:
        return ()
    owed = ((way.posting_out, owing.out_minor), (way.posting_back, owing.back_minor))
    return tuple(
        posting(owing.object_id, kind, owing.known.money(minor)) for kind, minor in owed if minor
    )
