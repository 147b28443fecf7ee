"""A subject's state is the fold of its events: joining one event equals folding the whole set.

`join` raises objects in rank and merges what is known of the subject; it is commutative,
associative and idempotent, so any order and any duplication of events ends in the same state.
What a joined state owes the world (facts and their postings) is worked out in `booking.py`.
"""

from collections.abc import Iterable
from typing import Any

from kassa.core.model import Instant, Model
from kassa.core.money import Sums
from kassa.gateways.customers import Customer, surer
from kassa.gateways.events import GatewayEvent, ObjectKind
from kassa.ledger.movements.dispute_funds import Moved
from kassa.ledger.movements.gateway_reversals import reversals, unexplained, without_explained
from kassa.ledger.objects import ClosedObjects, ObjectState, PaymentStatus, joined, merged

K = ObjectKind
# Of the subject, as its events name them.
TEXTS = ("order_id", "invoice_number", "language", "recurring", "agreement_id")
KNOWN = (*TEXTS, "recurring_minor")  # as the item of the subject keeps it
_RANKED = {K.CHARGE: 0, K.PAYMENT: 1, K.REFUND: 2, K.DISPUTE: 3, K.DISPUTE_FUNDS: 4, K.CHECKOUT: 5}

_UNCAPTURED = (
    (K.PAYMENT, "voided", PaymentStatus.VOIDED),
    (K.PAYMENT, "authorized", PaymentStatus.AUTHORIZED),
    (K.CHARGE, "authorized", PaymentStatus.AUTHORIZED),
    (K.CHARGE, "failed", PaymentStatus.FAILED),
)


class SubjectState(Model):
    """A payment, payout or other object of the gateway's, folded from its events.

    Sums are of one currency each (`Sums`): the payment's. What moved in another can't be taken off
    what was captured; it is `foreign`, waits for a person, and leaves nothing to be refunded.
    """

    version: int = 0
    objects: dict[str, ObjectState] = {}
    order_id: str | None = None
    invoice_number: str | None = None
    customer_id: str | None = None
    customer_from_order: bool = False  # an order of Kassa's own names the customer
    language: str | None = None
    recurring: str | None = None  # collected again and again: how often, as `Interval` says it
    agreement_id: str | None = None
    recurring_minor: int | None = None  # of the amount, what comes again; none: all of it
    reservations: dict[str, int] = {}  # submission id -> minor units promised and not yet refunded
    closed: ClosedObjects = ClosedObjects()  # settled objects that have left `objects`
    refunded_lines: dict[str, dict[str, int]] = {}  # refund request -> line of the order -> units
    begun_at: Instant | None = None  # when its first event was booked; none where none was noted
    unknown: dict[str, Any] = {}  # objects of a newer release, in a form that this one doesn't know

    @property
    def customer(self) -> Customer | None:
        """Return whose the payment is, as far as its events and Kassa's own order say."""
        if self.customer_id is None:
            return None
        return Customer(self.customer_id, self.customer_from_order)

    def of(self, kind: ObjectKind, *states: str) -> dict[str, ObjectState]:
        """Return the objects of a kind, in given states if any are given."""
        return {
            object_id: known
            for object_id, known in self.objects.items()
            if known.kind is kind and (not states or known.state in states)
        }

    @property
    def currency(self) -> str | None:
        """Return what the payment was captured in, or else what it was reported in."""
        found = (self.of(K.CHARGE, "captured", "returned") or self.objects).values()
        ranked = [(_RANKED[one.kind], one.currency) for one in found if one.kind in _RANKED]
        return min(ranked, default=(0, None))[1]

    @property
    def captured_minor(self) -> int:
        """Return what was captured, over all charges."""
        captured = self.of(K.CHARGE, "captured").values()
        return Sums(known.amount for known in captured).of(self.currency)

    @property
    def refunded_minor(self) -> int:
        """Return what was refunded, counting every refund not known to have come back."""
        in_view = Sums(one.refunded for one in self.of(K.REFUND).values()).of(self.currency)
        return in_view + self.closed.refunded.get(self.currency or "", 0)

    @property
    def held_back(self) -> dict[str, Sums]:
        """Return what each dispute or reversal holds back; an inquiry holds nothing.

        That is what it moved, returns taken off; and while it is open and nothing was moved yet,
        what it is about. A return alone gives nobody more than they had.
        """
        movements, disputes = self.movements(), self.of(K.DISPUTE, "open")
        if not (movements.funds or disputes):  # as of most payments
            return {}
        funds = self._counted(movements)
        still_open = {
            dispute_id: Sums([known.amount])
            for dispute_id, known in unexplained(disputes, funds, self.objects).items()
        }
        return still_open | movements.taken(funds)

    @property
    def disputed_minor(self) -> int:
        """Return what disputes and reversals hold back, over all of them."""
        return sum(max(0, held.of(self.currency)) for held in self.held_back.values())

    @property
    def charged_back_minor(self) -> int:
        """Return what disputes and reversals took, returns taken off; one still open took none."""
        taken = (moved := self.movements()).taken(self._counted(moved))
        return sum(max(0, one.of(self.currency)) for one in taken.values())

    def movements(self) -> Moved:
        """Return what was moved for disputes and reversals, and whose each movement is."""
        return Moved.of(self.of(K.DISPUTE_FUNDS))

    def counted_funds(self) -> dict[str, ObjectState]:
        """Return the movements for disputes; an assumed one only where no surer is reported."""
        return self._counted(self.movements())

    def _counted(self, movements: Moved) -> dict[str, ObjectState]:
        return without_explained(movements.counted(), self.objects)

    @property
    def unnamed_minor(self) -> int:
        """Return what the charge says was refunded beyond the refunds that events have named."""
        totals = self.of(K.REFUNDED_TOTAL).values()
        named = (*self.of(K.REFUND).values(), *reversals(self.objects))  # reported among refunds
        summed, named_sums = (Sums(known.amount for known in one) for one in (totals, named))
        currency = self.currency or ""
        named_minor = named_sums.of(currency) + self.closed.named.get(currency, 0)
        return max(0, summed.of(currency) - named_minor)

    @property
    def headroom_minor(self) -> int:
        """Return what may still be refunded, reservations aside; negative after an excess."""
        gone = self.refunded_minor + self.unnamed_minor + self.disputed_minor
        left = self.captured_minor - gone
        return min(0, left) if self.foreign else left

    @property
    def counted_minor(self) -> int:
        """Return the headroom as the table keeps it: what is promised is taken off too."""
        return self.headroom_minor - sum(self.reservations.values())

    @property
    def available_minor(self) -> int:
        """Return what may be promised: nothing beside an object that may have taken anything."""
        return min(0, self.counted_minor) if self.unknown else self.counted_minor

    @property
    def is_whole(self) -> bool:
        """Whether it was captured, and nothing of it was refunded or disputed since."""
        return 0 < self.captured_minor <= self.headroom_minor

    @property
    def excess_minor(self) -> int:
        """Return what left the payment at the gateway beyond what was captured."""
        gone = self.refunded_minor + self.disputed_minor
        return max(0, gone - self.captured_minor) if self.has_capture else 0

    @property
    def has_open_dispute(self) -> bool:
        """Whether a bank is still deciding, or has taken the funds and not said what it decided."""
        if set(self.of(K.DISPUTE, "open")) - self.movements().returned_unnamed():
            return True
        return any(
            owner not in self.objects and held.is_above_zero
            for owner, held in self.held_back.items()
        )

    @property
    def status(self) -> PaymentStatus:
        """Return how it stands, in one word."""
        if not self.captured_minor:
            found = (status for kind, one, status in _UNCAPTURED if self.of(kind, one))
            return next(found, PaymentStatus.CREATED)
        if self.has_open_dispute:
            return PaymentStatus.DISPUTED
        if self.of(K.DISPUTE_FUNDS) and self.charged_back_minor:
            return PaymentStatus.CHARGED_BACK
        returned_minor = self.refunded_minor + self.unnamed_minor
        if returned_minor >= self.captured_minor:
            return PaymentStatus.REFUNDED
        return PaymentStatus.PARTLY_REFUNDED if returned_minor else PaymentStatus.CAPTURED

    @property
    def has_capture(self) -> bool:
        """Whether something was ever captured, also where it was taken back or disproved since."""
        charges = self.of(K.CHARGE, "captured", "returned", "released").values()
        return any(charge.state != "released" or charge.left_minor for charge in charges)

    @property
    def foreign(self) -> tuple[str, ...]:
        """Return what moved in another currency than was captured, where something was."""
        if not self.has_capture:
            return ()
        kinds, currency = (K.CHARGE, K.REFUND, K.DISPUTE_FUNDS), self.currency
        return tuple(
            object_id
            for object_id, known in self.objects.items()
            if known.kind in kinds and known.currency != currency and _has_moved(known)
        )

    @property
    def waiting(self) -> tuple[str, ...]:
        """Return the objects that wait for another event, or a person, to make sense of them."""
        early = (self._early(), self._unnamed(), self._owed_back(), self.returned_early())
        return tuple(sorted({*self.foreign, *(one for some in early for one in some)}))

    def _early(self) -> Iterable[str]:
        """Refunds and chargebacks that overtook their capture."""
        if self.has_capture or self.of(K.CHARGE, "released"):
            return ()
        return {**self.of(K.REFUND, "succeeded", "failed"), **self.of(K.DISPUTE_FUNDS)}

    def _unnamed(self) -> Iterable[str]:
        """Payments whose charge, and charges whose refunds, no event has named yet."""
        if not self.has_capture:
            yield from self.of(K.PAYMENT, "captured")
        if self.unnamed_minor:
            yield from self.of(K.REFUNDED_TOTAL)

    def _owed_back(self) -> Iterable[str]:
        """Disputes that were won and whose funds haven't come back in full."""
        held = self.held_back
        for dispute_id in self.of(K.DISPUTE, "won"):
            if dispute_id in held and held[dispute_id].is_above_zero:
                yield dispute_id

    def returned_early(self) -> Iterable[str]:
        """Funds that came back and whose withdrawal nobody has reported yet."""
        movements = self.movements()
        taken = movements.withdrawn_owners()
        for funds_id, known in self._counted(movements).items():
            if known.state == "reinstated" and movements.owners[funds_id] not in taken:
                yield funds_id


def join(state: SubjectState, event: GatewayEvent) -> SubjectState:
    """Bring one event into the state.

    An object only ever rises in rank; equal ranks are decided by amount, then time, so that the
    order of joining never matters. Texts about the subject merge by the same rule. The version
    is the table's business and stays.
    """
    objects = dict(state.objects)
    for report in event.object_reports:
        objects[report.object_id] = joined(objects.get(report.object_id), report)
    return state.model_copy(
        update={
            "objects": objects,
            **{name: merged(getattr(state, name), getattr(event, name)) for name in TEXTS},
            "recurring_minor": _larger(state.recurring_minor, event.recurring_minor),
        }
        | _customer(surer(state.customer, _customer_of(event)))
    )


def _larger(known: int | None, reported: int | None) -> int | None:
    """Merge two reports of one number; commutes, as `merged` does."""
    return max(known or 0, reported or 0) or None


def _customer_of(event: GatewayEvent) -> Customer | None:
    if not event.customer_id:
        return None
    return Customer(event.customer_id, bool(event.customer_from_order))


def _customer(known: Customer | None) -> dict[str, object]:
    if known is None:
        return {}
    return {"customer_id": known.customer_id, "customer_from_order": known.from_order}


def unconsumed(state: SubjectState) -> dict[str, int]:
    """Return the reservations whose refund no event of the gateway's has named yet.

    From the event that names it a refund counts itself; its promise would count it twice.
    """
    if not state.reservations:
        return {}
    named = {known.refund_request_id for known in state.of(K.REFUND).values()}
    return {name: held for name, held in state.reservations.items() if name not in named}


def _has_moved(known: ObjectState) -> bool:
    return known.state in ("captured", "pending", "requires_action") or bool(known.out_minor)
