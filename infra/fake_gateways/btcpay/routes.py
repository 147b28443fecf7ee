"""The part of BTCPay's API (Greenfield, v1) that the fake speaks, by method and path."""

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from infra.fake_gateways.btcpay import invoices, refunds
from infra.fake_gateways.btcpay.coins import read
from infra.fake_gateways.btcpay.errors import Refusal, problem
from infra.fake_gateways.btcpay.rendering import (
    invoice_shown,
    method_shown,
    payout_shown,
    pull_payment_shown,
)
from infra.fake_gateways.btcpay.store import Invoice, Store
from infra.fake_gateways.kit.answers import Body

Query = dict[str, list[str]]


class Call(NamedTuple):
    """One request, its body parsed."""

    store: Store
    query: Query
    body: Body

    def has_flag(self, name: str) -> bool:
        """Return whether a switch of the query is on."""
        return self.query.get(name, [""])[-1].lower() == "true"

    def number(self, name: str, otherwise: int) -> int:
        """Return a number of the query."""
        text = self.query.get(name, [""])[-1]
        return int(text) if text.isdecimal() else otherwise


Act = Callable[..., Any]


def _create_invoice(call: Call) -> Body:
    return invoice_shown(call.store, invoices.create(call.store, call.body))


def _list_invoices(call: Call) -> list[Body]:
    matching = [one for one in reversed(call.store.invoices.values()) if _matches(call, one)]
    skip = call.number("skip", 0)
    return [invoice_shown(call.store, one) for one in matching[skip:][: call.number("take", 50)]]


def _matches(call: Call, invoice: Invoice) -> bool:
    orders, statuses = call.query.get("orderId"), call.query.get("status")
    since, before = call.number("startDate", 0), call.number("endDate", 2**40)
    if since > before:
        raise Refusal(422, [{"path": "startDate", "message": "startDate is above endDate"}])
    return (
        (not orders or str(invoice.metadata.get("orderId")) in orders)
        and (not statuses or invoice.status in statuses)
        and since <= invoice.created_s <= before
        and (not invoice.is_archived or call.has_flag("includeArchived"))
    )


def _get_invoice(call: Call, invoice_id: str) -> Body:
    return invoice_shown(call.store, call.store.invoice(invoice_id))


def _archive_invoice(call: Call, invoice_id: str) -> Body:
    call.store.invoice(invoice_id).is_archived = True
    return {}


def _get_methods(call: Call, invoice_id: str) -> list[Body]:
    return [method_shown(call.store, call.store.invoice(invoice_id))]


def _mark_invoice(call: Call, invoice_id: str) -> Body:
    invoices.mark(call.store, call.store.invoice(invoice_id), call.body.get("status"))
    return _get_invoice(call, invoice_id)


def _refund(call: Call, invoice_id: str) -> Body:
    invoice = call.store.invoice(invoice_id)
    return pull_payment_shown(call.store, refunds.offer(call.store, invoice, call.body))


def _list_pull_payments(call: Call) -> list[Body]:
    with_archived = call.has_flag("includeArchived")
    every = call.store.pull_payments.values()
    shown = [one for one in every if with_archived or not one.is_archived]
    return [pull_payment_shown(call.store, one) for one in shown]


def _get_pull_payment(call: Call, pull_payment_id: str) -> Body:
    return pull_payment_shown(call.store, call.store.pull_payment(pull_payment_id))


def _archive_pull_payment(call: Call, pull_payment_id: str) -> Body:
    refunds.archive(call.store, call.store.pull_payment(pull_payment_id))
    return {}


def _list_payouts(call: Call, pull_payment_id: str) -> list[Body]:
    payouts = call.store.pull_payment(pull_payment_id).payouts
    with_cancelled = call.has_flag("includeCancelled")
    shown = [one for one in payouts if with_cancelled or one.state != "Cancelled"]
    return [payout_shown(call.store, one) for one in shown]


def _claim(call: Call, pull_payment_id: str) -> Body:
    given = call.body.get("amount")
    amount = None if given is None else read(given, "amount")
    pull_payment = call.store.pull_payment(pull_payment_id)
    made = refunds.claim(call.store, pull_payment, amount, str(call.body.get("destination")))
    return payout_shown(call.store, made)


def _approve(call: Call, payout_id: str) -> Body:
    refunds.approve(call.store, call.store.payout(payout_id))
    return payout_shown(call.store, call.store.payout(payout_id))


def _cancel(call: Call, payout_id: str) -> Body:
    refunds.cancel(call.store, call.store.payout(payout_id))
    return {}


def _mark_paid(call: Call, payout_id: str) -> Body:
    refunds.pay(call.store, call.store.payout(payout_id))
    return {}


_TABLE: Sequence[tuple[str, str, Act]] = (
    ("POST", "stores/S/invoices", _create_invoice),
    ("GET", "stores/S/invoices", _list_invoices),
    ("GET", "stores/S/invoices/*", _get_invoice),
    ("DELETE", "stores/S/invoices/*", _archive_invoice),
    ("GET", "stores/S/invoices/*/payment-methods", _get_methods),
    ("POST", "stores/S/invoices/*/status", _mark_invoice),
    ("POST", "stores/S/invoices/*/refund", _refund),
    ("GET", "stores/S/pull-payments", _list_pull_payments),
    ("DELETE", "stores/S/pull-payments/*", _archive_pull_payment),
    ("GET", "pull-payments/*", _get_pull_payment),
    ("GET", "pull-payments/*/payouts", _list_payouts),
    ("POST", "pull-payments/*/payouts", _claim),
    ("POST", "stores/S/payouts/*", _approve),
    ("DELETE", "stores/S/payouts/*", _cancel),
    ("POST", "stores/S/payouts/*/mark-paid", _mark_paid),
)
_ROUTES = [
    (method, re.compile(path.replace("S", "([^/]+)").replace("*", "([^/]+)")), act)
    for method, path, act in _TABLE
]


def executed(call: Call, method: str, path: str) -> Any:
    """Execute a request; refuse what BTCPay, or the fake, doesn't know."""
    endpoint = path.removeprefix("/api/v1/")
    routes = ((form.fullmatch(endpoint), act) for verb, form, act in _ROUTES if verb == method)
    found, act = next(((match, act) for match, act in routes if match), (None, None))
    if found is None or act is None:
        raise problem(404, "route-not-found", f"{method} {path} is no route of the fake's")
    ids = list(found.groups())
    if endpoint.startswith("stores/") and ids.pop(0) != call.store.switches.store_id:
        raise problem(404, "store-not-found", "The store was not found")
    return act(call, *ids)
