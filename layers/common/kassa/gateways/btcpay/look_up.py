"""Reads invoices and pull payments back, and keeps of them only what is booked.

An invoice's metadata may hold a buyer's name and mail; ids and amounts are all that goes on.
"""

import json
from collections.abc import Iterable

from kassa.gateways.btcpay import client as api
from kassa.gateways.btcpay import pull_payments, refunds
from kassa.gateways.btcpay.events import INVOICE, PULL_PAYMENT
from kassa.gateways.events import Subject, UnverifiedNotification
from kassa.gateways.parsing import Body, look_up_id, part
from kassa.platform.secrets import ApiAccess

_INVOICE = (
    *("id", "amount", "currency", "status", "additionalStatus"),
    *("createdTime", "expirationTime", "monitoringExpiration"),
)
_METADATA = ("orderId", "customerId", "language", "submission_id")
_METHOD = ("currency", "rate")
_PAYMENT = ("receivedDate", "value", "fee", "status")
_PULL_PAYMENT = (
    *("id", "name", "description", "currency", "amount", "archived"),
    *("startsAt", "viewLink"),
)
_PAYOUT = ("state", "date", "originalAmount")


def confirm(access: ApiAccess, notification: UnverifiedNotification) -> Body | None:
    """Read back what a webhook named; nothing where the store has no such thing."""
    if notification.reads == PULL_PAYMENT:
        return pull_payment(access, notification.object_id)
    return invoice(access, notification.object_id)


def look_up(access: ApiAccess, subject: Subject) -> list[bytes]:
    """Return how an invoice stands and how each refund of it does; nothing for an unknown one."""
    answer = invoice(access, subject.subject_id)
    if answer is None:
        return []
    offers = refunds.of_payment(access, subject.subject_id)
    answers = [answer, *(with_payouts(access, one) for one in offers)]
    return [fetched(one) for one in answers]


def payment_of(access: ApiAccess, object_id: str) -> str:
    """Return the invoice behind a pull payment; the object itself where it has none."""
    found = pull_payment(access, object_id)
    refunded = pull_payments.invoice_of(found["refund"]) if found else None
    return refunded or object_id


def invoice(access: ApiAccess, invoice_id: str) -> Body | None:
    """Return an invoice and what was paid of it."""
    found = api.get(access, api.store(access, "invoices", invoice_id))
    return None if found is None else with_payments(access, api.as_object(found))


def with_payments(access: ApiAccess, found: Body) -> Body:
    """Return an invoice that was read already, and what was paid of it."""
    path = api.store(access, "invoices", str(found.get("id")), "payment-methods")
    methods = api.as_list(api.get(access, path))
    kept = _only(found, _INVOICE) | {"metadata": _only(part(found, "metadata"), _METADATA)}
    return {
        "invoice": kept,
        "methods": [_only(method, _METHOD) | {"payments": _payments(method)} for method in methods],
    }


def pull_payment(access: ApiAccess, pull_payment_id: str) -> Body | None:
    """Return a pull payment, its payouts and the invoice it refunds."""
    found = api.get(access, api.path_of("pull-payments", pull_payment_id))
    return None if found is None else with_payouts(access, api.as_object(found))


def with_payouts(access: ApiAccess, found: Body) -> Body:
    """Return a pull payment that was read already, its payouts and the invoice it refunds.

    Payouts that were cancelled aren't listed: what they claimed can be claimed anew.
    """
    path = api.path_of("pull-payments", str(found.get("id")), "payouts")
    payouts = api.as_list(api.get(access, path))
    refunded = pull_payments.invoice_of(found)
    paid = invoice(access, refunded) if refunded else None
    kept = {"refund": _only(found, _PULL_PAYMENT)}
    return kept | {"payouts": [_only(one, _PAYOUT) for one in payouts]} | (paid or {})


def fetched(answer: Body) -> bytes:
    """Wrap what Kassa read of its own accord in an event of a deterministic id."""
    kind = "refund" if "refund" in answer else INVOICE
    event_id = look_up_id(str(answer[kind].get("id")), answer)
    event = {"event_id": event_id, "type": f"kassa.{kind}", "answer": answer}
    return json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()


def _payments(method: Body) -> list[Body]:
    return [_only(one, _PAYMENT) for one in api.as_list(method.get("payments") or [])]


def _only(body: Body, names: Iterable[str]) -> Body:
    return {name: body[name] for name in names if body.get(name) is not None}
