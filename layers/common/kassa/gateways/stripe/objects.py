"""Stripe's objects in our words: how each object in an event's body stands.

Written from Stripe's API reference, for every API version from 2017 on. Disputes and refunds name
their payment intent only since 2019. What an older version doesn't say is left unsaid here and
found by alias or look-up.
"""

from collections.abc import Callable, Iterator

from kassa.gateways.events import ObjectKind, ObjectReport
from kassa.gateways.parsing import Body
from kassa.gateways.stripe import balance, disputes
from kassa.gateways.stripe import payments as charges
from kassa.gateways.stripe.parsing import UNSAID, Header, object_report

_CHECKOUT = {"complete": "completed", "expired": "expired"}


def object_reports(body: Body, header: Header = UNSAID) -> Iterator[ObjectReport]:
    """Say how every object in an event's body stands; nothing for what we don't act on."""
    reader = _OBJECT_REPORTS.get(str(body.get("object")))
    if reader is not None:
        yield from reader(body, header)


def _balance_transaction(body: Body, header: Header) -> Iterator[ObjectReport]:
    """Our balance moved; what moved it tells its own story, should no webhook have."""
    yield balance.balance_transaction(body)
    source = body.get("source")
    if isinstance(source, dict):
        if balance.tells_of(source, body):
            yield from object_reports(source, balance.header(body))
        yield from balance.moved_because_of(source, body)


def _payout(body: Body, header: Header) -> Iterator[ObjectReport]:
    payout = object_report(body, ObjectKind.PAYOUT, str(body.get("status")))
    yield payout.model_copy(update={"reason": body.get("failure_code")})


def _checkout(body: Body, header: Header) -> Iterator[ObjectReport]:
    state = _CHECKOUT.get(str(body.get("status") or header.type.rpartition(".")[2]), "open")
    if header.type == "checkout.session.completed":
        state = "completed"
    # A session that only sets up a payment method has no amount; XXX is ISO 4217's "no currency".
    priced = body | {"currency": body.get("currency") or "xxx", "created": body.get("created", 0)}
    yield object_report(priced, ObjectKind.CHECKOUT, state, body.get("amount_total") or 0)


_OBJECT_REPORTS: dict[str, Callable[[Body, Header], Iterator[ObjectReport]]] = {
    "payment_intent": charges.payment_intent,
    "charge": charges.charge,
    "refund": charges.refund,
    "dispute": disputes.dispute,
    "payout": _payout,
    "checkout.session": _checkout,
    "balance_transaction": _balance_transaction,
}
