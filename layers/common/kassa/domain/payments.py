"""A subject's state is the fold of its events: joining one event equals folding the whole set.

`join` raises objects in rank and merges what is known of the subject; it is commutative,
associative and idempotent, so any order and any duplication of events ends in the same state.
What a joined state owes the world (facts and their postings) is worked out in `booking.py`.
"""

from collections.abc import Iterable

from kassa.domain.events import GatewayEvent, ObjectKind, Standing
from kassa.domain.model import Model
from kassa.domain.objects import ObjectState, seconds
from kassa.domain.risk_levels import higher

_RETURNED = {"succeeded", "failed"}
_WORDS = (
    *("method", "reason", "refund_request_id", "reference"),
    *("fingerprint", "country", "gateway_risk"),
)


class SubjectState(Model):
    """A payment, payout or other object of the gateway's, folded from its events."""

    version: int = 0
    objects: dict[str, ObjectState] = {}
    order_id: str | None = None
    customer_id: str | None = None
    language: str | None = None
    reservations: dict[str, int] = {}  # ask -> minor units promised and not yet refunded

    def of(self, kind: ObjectKind, *states: str) -> dict[str, ObjectState]:
        """Return the objects of a kind, in given states if any are given."""
        return {
            object_id: known
            for object_id, known in self.objects.items()
            if known.kind is kind and (not states or known.state in states)
        }

    @property
    def captured_minor(self) -> int:
        """Return what was captured, over all charges."""
        return _total(self.of(ObjectKind.CHARGE, "captured").values())

    @property
    def refunded_minor(self) -> int:
        """Return what was refunded, counting every refund not known to have failed."""
        return _total(
            self.of(ObjectKind.REFUND, "pending", "requires_action", "succeeded").values()
        )

    @property
    def disputed_minor(self) -> int:
        """Return what open disputes and chargebacks hold back; an inquiry holds nothing."""
        funds = self.of(ObjectKind.DISPUTE_FUNDS)
        held = {object_id.removesuffix(FUNDS): known for object_id, known in funds.items()}
        still_open = self.of(ObjectKind.DISPUTE, "open")
        return _total(
            known
            for object_id, known in {**still_open, **held}.items()
            if known.state in ("open", "withdrawn")
        )

    @property
    def unnamed_minor(self) -> int:
        """Return what the charge says was refunded beyond the refunds that events have named."""
        told = _total(self.of(ObjectKind.REFUNDED_TOTAL).values())
        return max(0, told - _total(self.of(ObjectKind.REFUND).values()))

    @property
    def headroom_minor(self) -> int:
        """Return what may still be refunded, reservations aside; negative after an excess."""
        gone = self.refunded_minor + self.unnamed_minor + self.disputed_minor
        return self.captured_minor - gone

    @property
    def available_minor(self) -> int:
        """Return the headroom as the table keeps it: what is promised is taken off too."""
        return self.headroom_minor - sum(self.reservations.values())

    @property
    def excess_minor(self) -> int:
        """Return what left the payment at the gateway beyond what was captured."""
        gone = self.refunded_minor + self.disputed_minor
        return max(0, gone - self.captured_minor) if self.captured_minor else 0

    @property
    def has_open_dispute(self) -> bool:
        """Whether a bank is still deciding, or has taken the funds and not said what it decided."""
        if self.of(ObjectKind.DISPUTE, "open"):
            return True
        withdrawn = self.of(ObjectKind.DISPUTE_FUNDS, "withdrawn")
        return any(funds.removesuffix(FUNDS) not in self.objects for funds in withdrawn)

    @property
    def waiting(self) -> tuple[str, ...]:
        """Return the objects that wait for another event to make sense of them."""
        return tuple(sorted({*self._early(), *self._unnamed(), *self._owed_back()}))

    def _early(self) -> Iterable[str]:
        """Refunds and chargebacks that overtook their capture."""
        if self.captured_minor or self.of(ObjectKind.CHARGE, "released"):
            return ()
        return {**self.of(ObjectKind.REFUND, *_RETURNED), **self.of(ObjectKind.DISPUTE_FUNDS)}

    def _unnamed(self) -> Iterable[str]:
        """Payments whose charge, and charges whose refunds, no event has named yet."""
        if not self.of(ObjectKind.CHARGE, "captured"):
            yield from self.of(ObjectKind.PAYMENT, "captured")
        if self.unnamed_minor:
            yield from self.of(ObjectKind.REFUNDED_TOTAL)

    def _owed_back(self) -> Iterable[str]:
        """Disputes that were won and whose funds haven't come back."""
        for object_id in self.of(ObjectKind.DISPUTE, "won"):
            funds = self.objects.get(object_id + FUNDS)
            if funds is not None and funds.state == "withdrawn":
                yield object_id


FUNDS = "/funds"  # a dispute's funds are an object of their own: "<dispute_id>/funds"


def join(state: SubjectState, event: GatewayEvent) -> SubjectState:
    """Bring one event into the state.

    An object only ever rises in rank; equal ranks are decided by amount, then time, so that the
    order of joining never matters. Words about the subject merge by the same rule. The version
    is the table's business and stays.
    """
    objects = dict(state.objects)
    for standing in event.standings:
        objects[standing.object_id] = _raised(objects.get(standing.object_id), standing)
    return state.model_copy(
        update={
            "objects": objects,
            "order_id": merged(state.order_id, event.order_id),
            "customer_id": merged(state.customer_id, event.customer_id),
            "language": merged(state.language, event.language),
        }
    )


def unconsumed(state: SubjectState) -> dict[str, int]:
    """Return the reservations whose refund no event of the gateway's has named yet.

    From the event that names it a refund counts itself; its promise would count it twice.
    """
    named = {known.refund_request_id for known in state.of(ObjectKind.REFUND).values()}
    return {asked: held for asked, held in state.reservations.items() if asked not in named}


def merged(known: str | None, told: str | None) -> str | None:
    """Merge two tellings of one word; commutes, so which came first doesn't matter."""
    return max(known or "", told or "") or None


def _raised(known: ObjectState | None, standing: Standing) -> ObjectState:
    told = ObjectState(
        kind=standing.kind,
        state=standing.state,
        amount_minor=standing.amount.amount_minor,
        currency=standing.amount.currency,
        happened_at=seconds(standing.happened_at),
        **{name: getattr(standing, name) for name in _WORDS},
    )
    if known is None:
        return told
    words = {name: merged(getattr(known, name), getattr(told, name)) for name in _WORDS}
    risk = {"gateway_risk": higher(known.gateway_risk, told.gateway_risk)}
    kept = {"told": known.told, "posted_minor": known.posted_minor}
    highest = max(known, told, key=lambda one: one.standing)
    return highest.model_copy(update=kept | words | risk)


def _total(objects: Iterable[ObjectState]) -> int:
    return sum(known.amount_minor for known in objects)
