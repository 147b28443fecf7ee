"""Stripe's disputes in our terms: how each stands, and each movement of money for it.

A dispute lists its balance transactions: the funds withdrawn and, won or in part, reinstated.
Each is a movement named after it, whoever reports it: an event, a look-up, or the balance
transaction itself when it is pulled. The oldest versions list none; what their event types and a
lost dispute say is inferred, and gives way to what is named.

Source: "The Dispute object" (docs.stripe.com/api/disputes/object), `balance_transactions`; "How
disputes work" (docs.stripe.com/disputes/how-disputes-work) for disputes that are partly won.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from kassa.core.errors import UnreadableEvent
from kassa.core.money import Money
from kassa.gateways.events import FUNDS, ObjectKind, ObjectReport
from kassa.gateways.parsing import Body, instant, part, parts, text
from kassa.gateways.stripe.exchange import Factor, factors, paid_minor, ratio
from kassa.gateways.stripe.money import from_stripe
from kassa.gateways.stripe.parsing import Header, id_of, object_report

K = ObjectKind
_DISPUTE = {
    "warning_needs_response": "inquiry",
    "warning_under_review": "inquiry",
    "warning_closed": "inquiry_closed",
    "charge_refunded": "inquiry_closed",  # until 2020: refunded before any funds moved
    "prevented": "inquiry_closed",
    "needs_response": "open",
    "under_review": "open",
    "won": "won",
    "lost": "lost",
}
_RETURNED = "/funds_returned"


def dispute(body: Body, header: Header) -> Iterator[ObjectReport]:
    """Report how a dispute stands and what moved for it; an inquiry moves nothing.

    Raises UnreadableEvent for a status that is new: what it means for the money isn't known.
    """
    state = _DISPUTE.get(str(body.get("status")))
    if state is None:
        raise UnreadableEvent(f"unknown dispute status {body.get('status')!r}")
    stands = object_report(body, K.DISPUTE, state, object_id=id_of_dispute(body))
    asks = {"reason": text(body.get("reason")), "evidence_due_by": evidence_due_by(body)}
    yield stands.model_copy(update=asks)
    named = [movement(body, one) for one in _listed(body)]
    yield from named
    yield from _inferred(body, header.type, {one.state for one in named})


def evidence_due_by(body: Body) -> datetime | None:
    """Return until when Stripe takes evidence; nothing where none is taken."""
    seconds = part(body, "evidence_details").get("due_by")
    return instant(seconds) if isinstance(seconds, int) and seconds > 0 else None


def id_of_dispute(body: Body) -> str:
    """Return a dispute's id; the oldest versions gave it none and had one for each charge."""
    return id_of(body) or f"{id_of(body.get('charge'))}/dispute"


def movement(body: Body, moved: Body) -> ObjectReport:
    """Name one balance transaction of a dispute, in the currency of the dispute."""
    gross = from_stripe(moved.get("amount"), moved.get("currency") or body.get("currency"))
    amount = gross.model_copy(update={"amount_minor": abs(gross.amount_minor)})
    whole = from_stripe(body.get("amount"), body.get("currency"))
    if gross.currency != whole.currency:
        by = factors(moved.get("exchange_rate"), whole, gross) or _implied(body, whole, gross)
        amount = whole.model_copy(update={"amount_minor": paid_minor(gross, [whole], by)})
    return ObjectReport(
        object_id=f"{moved['id']}{FUNDS}",  # its own id is the balance transaction's
        kind=K.DISPUTE_FUNDS,
        state="withdrawn" if gross.amount_minor < 0 else "reinstated",
        amount=amount,
        happened_at=instant(moved.get("created", body.get("created"))),
        belongs_to=id_of_dispute(body),
    )


def _listed(body: Body) -> list[Body]:
    """Return the balance transactions that a dispute shows; one of nothing is a fee alone."""
    shown = parts(body, "balance_transactions")
    return [one for one in shown if id_of(one) and one.get("amount", 0) != 0]


def _implied(body: Body, whole: Money, gross: Money) -> Sequence[Factor]:
    """Return the rate at which the whole dispute was withdrawn, where a movement names none.

    None where a dispute that was won came back by one movement: that is all, at whatever rate.
    """
    back = [one for one in _listed(body) if one["amount"] > 0]
    if gross.amount_minor > 0 and body.get("status") == "won" and len(back) == 1:
        return ()
    for one in _listed(body):
        taken = from_stripe(one.get("amount"), one.get("currency") or body.get("currency"))
        if taken.amount_minor < 0 and taken.currency == gross.currency:
            return ratio(whole, taken)
    return ()


def _inferred(body: Body, event_type: str, named: set[str]) -> Iterator[ObjectReport]:
    """Infer what moved where no movement says it: from the event's type, or a dispute lost."""
    dispute_id = id_of_dispute(body)
    is_back = event_type.endswith("funds_reinstated")
    is_out = is_back or event_type.endswith("funds_withdrawn") or body.get("status") == "lost"
    movements = [("withdrawn", FUNDS)] * is_out + [("reinstated", _RETURNED)] * is_back
    for state, ending in movements:
        if state not in named:
            moved = object_report(body, K.DISPUTE_FUNDS, state, object_id=f"{dispute_id}{ending}")
            owner = None if ending == FUNDS else dispute_id  # which its name says already
            yield moved.model_copy(update={"is_assumed": True, "belongs_to": owner})
