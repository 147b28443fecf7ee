"""Stripe's payment intents, charges and refunds in our terms.

Shapes differ by API version: a payment intent carried its charges until 2022-11-15 and names its
latest charge since; a charge carried its refunds until then and only sums them up since.

A charge is created when it is authorised. When it was captured, or failed although it had
succeeded, its events say by their own time, and its balance transactions by theirs.
"""

from collections.abc import Iterator
from datetime import datetime

from kassa.gateways.events import UNSAID, ObjectKind, ObjectReport
from kassa.gateways.parsing import Body, instant, part, parts, text
from kassa.gateways.states import level
from kassa.gateways.stripe.parsing import (
    AFTERWARDS,
    NO_HEADER,
    Header,
    country_of,
    id_of,
    object_report,
    paid_with,
)

_PAYMENT = {
    "requires_capture": "authorized",
    "processing": "processing",
    "canceled": "voided",
    "succeeded": "captured",
}


_HAPPENED_WITH = {
    "captured": {"charge.captured", "charge.succeeded", "payment_intent.succeeded"},
    "failed": {"charge.failed", "payment_intent.payment_failed"},
}
_MOVED_BY = {"captured": "balance_transaction", "failed": "failure_balance_transaction"}


def payment_intent(body: Body, header: Header) -> Iterator[ObjectReport]:
    """Report how a payment intent and the charges it names stand."""
    state = _PAYMENT.get(str(body.get("status")), "created")
    yield object_report(body, ObjectKind.PAYMENT, state)
    charges = (body.get("charges") or {}).get("data") or []
    for place, listed in enumerate(charges):  # the newest first, which the event is about
        yield from charge(listed, NO_HEADER if place else header)
    latest = body.get("latest_charge")
    if isinstance(latest, dict):
        yield from charge(latest, header)
    elif latest and state == "captured":
        taken = object_report(
            body, ObjectKind.CHARGE, "captured", body.get("amount_received"), latest
        )
        yield taken.model_copy(update={"happened_at": _happened_at(body, "captured", header)})
    if header.type == "payment_intent.payment_failed" and not charges:
        yield _failed_attempt(body, header)


def _failed_attempt(body: Body, header: Header) -> ObjectReport:
    """Name the attempt that failed: by its charge, or where none was made by the error itself."""
    error = body.get("last_payment_error") or {}
    attempt = id_of(error.get("charge")) or id_of(body.get("latest_charge"))
    paid = paid_with(part(error, "payment_method"))
    failed = object_report(
        body, ObjectKind.CHARGE, "failed", None, attempt or f"{body['id']}/attempt"
    )
    reason = error.get("decline_code") or error.get("code")
    fields = {"reason": reason, "happened_at": _happened_at(body, "failed", header)}
    fields |= {"card_country": country_of(part(error, "payment_method"))}
    return failed.model_copy(update=paid._asdict() | fields)


def charge(body: Body, header: Header) -> Iterator[ObjectReport]:
    """Report how a charge and the refunds it names stand; funds let go are no refund."""
    refunded = body.get("amount_refunded") or 0
    amount = body.get("amount")
    if body.get("status") in ("failed", "pending"):
        state = str(body["status"])
    elif body.get("captured", True):
        state, amount = "captured", body.get("amount_captured", amount)
    else:
        gone = header.type == "charge.expired" or refunded >= (amount or 0)
        state = "released" if gone else "authorized"
    stands = object_report(body, ObjectKind.CHARGE, state, amount)
    details, at = part(body, "payment_method_details"), _happened_at(body, state, header)
    fields = paid_with(details)._asdict() | {"reason": _failure(body), "happened_at": at}
    fields |= {"card_country": country_of(details)}
    yield stands.model_copy(update=fields | (_card(body) if state == "captured" else {}))
    if state == "captured":
        released = (body.get("amount") or 0) - (amount or 0)
        yield from _refunds(body, refunded - released)


def invoice(body: Body, header: Header) -> Iterator[ObjectReport]:
    """Report the payment that an invoice of a subscription names, and nothing of its money.

    The lowest state there is gives way to whatever the payment's own events say.
    """
    if agreement(body).get("recurring"):
        paid = paid_by(body)
        payment_id, charge_id = id_of(paid.get("payment_intent")), id_of(paid.get("charge"))
        if payment_id or charge_id:
            kind = ObjectKind.PAYMENT if payment_id else ObjectKind.CHARGE
            state = "created" if payment_id else "pending"
            amount, named = body.get("amount_paid"), payment_id or charge_id
            yield object_report(body, kind, state, amount, named)


def paid_by(body: Body) -> Body:
    """Return what an invoice was paid by: itself until 2025-03, since then the first it lists."""
    listed = parts(part(body, "payments"), "data")
    return body | (part(listed[0], "payment") if listed else {})


def agreement(body: Body) -> dict[str, str | int | None]:
    """Return what says that an object is of a subscription: how often it renews, and which it is.

    An invoice says both. A payment of one has its description from Stripe, in English always. What
    is invoiced between two renewals is no whole period's price, and isn't marked.
    """
    invoiced = body if body.get("object") == "invoice" else part(body, "invoice")
    if not invoiced:
        described = body.get("description") in _OF_SUBSCRIPTIONS
        return {"recurring": UNSAID, "agreement_id": None} if described else {}
    if invoiced.get("billing_reason", _RENEWALS[0]) not in _RENEWALS:
        return {}
    details = part(part(invoiced, "parent"), "subscription_details")
    subscription = id_of(invoiced.get("subscription")) or id_of(details.get("subscription"))
    if subscription is None:
        return {}
    lines = parts(part(invoiced, "lines"), "data")
    found = (found for line in lines if (found := _interval(line)))
    interval, minor = next(found, UNSAID), _renewed_minor(invoiced)
    return {"recurring": interval, "agreement_id": subscription, "recurring_minor": minor}


def _renewed_minor(invoiced: Body) -> int | None:
    """Return what of an invoice comes again; none where all of it does, or nobody can say.

    What a change of plan costs until the renewal is a line of its own (`proration`), as is what is
    charged once. A line's amount has neither its discounts nor taxes on top of it. What the
    customer's balance paid of the invoice, or added to it, makes no renewal cheaper or dearer.
    """
    listed = part(invoiced, "lines")
    lines = parts(listed, "data")
    again = [line for line in lines if _comes_again(line)]
    is_all = len(again) == len(lines) and not _moves_balance(invoiced)
    if listed.get("has_more") or is_all or not again:
        return None
    minor = sum(
        _minor(line)
        - sum(map(_minor, parts(line, "discount_amounts")))
        + sum(_minor(tax) for tax in parts(line, "tax_amounts") if tax.get("inclusive") is False)
        + sum(_minor(tax) for tax in parts(line, "taxes") if tax.get("tax_behavior") == "exclusive")
        for line in again
    )
    return minor if minor > 0 else None


def _moves_balance(invoiced: Body) -> bool:
    """Whether the customer's balance at Stripe is part of what an invoice asked for."""
    before, after = (invoiced.get(f"{name}_balance") for name in ("starting", "ending"))
    return isinstance(before, int) and isinstance(after, int) and before != after


def _comes_again(line: Body) -> bool:
    """Whether a line is a whole period of a subscription's; since 2025-03 its parent says so."""
    parent = part(line, "parent")
    kind = parent.get("type", line.get("type", "subscription"))
    is_part = part(parent, str(kind)).get("proration") or line.get("proration")
    return kind in ("subscription", "subscription_item_details") and not is_part


def _minor(body: Body) -> int:
    amount = body.get("amount")
    return amount if isinstance(amount, int) else 0


_RENEWALS = ("subscription_cycle", "subscription_create", "subscription")  # the last: before 2018
_OF_SUBSCRIPTIONS = ("Subscription creation", "Subscription update")
_UNITS = {"day": "D", "week": "W", "month": "M", "year": "Y"}
_MONTH, _YEAR = range(28, 32), range(365, 367)  # days


def _interval(line: Body) -> str | None:
    """Return how often a line of an invoice comes again, by its price or by what it covers."""
    priced = part(part(line, "price"), "recurring") or part(line, "plan")
    unit, count = _UNITS.get(str(priced.get("interval"))), priced.get("interval_count", 1)
    if unit and isinstance(count, int) and 0 < count < 1000:
        return f"P{count}{unit}"
    starts, ends = (part(line, "period").get(name) for name in ("start", "end"))
    if not isinstance(starts, int) or not isinstance(ends, int):
        return None
    days = round((ends - starts) / 86_400)
    return "P1M" if days in _MONTH else "P1Y" if days in _YEAR else None


def _happened_at(body: Body, state: str, header: Header) -> datetime:
    """Return when a charge was captured or failed, or else the earliest that it can have been.

    A charge that failed never succeeds again: one reported as failed later than it was captured
    was taken back, as bank debits are. Stripe counts whole seconds, so a failure that moved the
    balance is a second later than it says; within the second of the success it came last.
    """
    moved = part(body, _MOVED_BY.get(state, ""))
    at = instant(moved.get("created", body.get("created")))
    if header.at and header.type in _HAPPENED_WITH.get(state, ()):
        at = max(header.at, instant(body.get("created")))
    is_late = state == "failed" and body.get("failure_balance_transaction")
    return at + AFTERWARDS if is_late else at


def _failure(body: Body) -> str | None:
    """Return why a charge failed: the outcome says what `card_declined` doesn't."""
    code = text(body.get("failure_code"))
    if code != "card_declined":
        return code
    return text((body.get("outcome") or {}).get("reason")) or code


def _card(body: Body) -> dict[str, str | None]:
    """What decides later on a refund: whose card it was, where from, and how risky it looked."""
    card = (body.get("payment_method_details") or {}).get("card") or {}
    address = (body.get("billing_details") or {}).get("address") or {}
    return {
        "fingerprint": text(card.get("fingerprint")),
        "country": text(card.get("country")) or text(address.get("country")),
        "gateway_risk": level((body.get("outcome") or {}).get("risk_level")),
    }


def _refunds(body: Body, refunded: int) -> Iterator[ObjectReport]:
    """Refunds a captured charge lists or, in newer versions, only sums up.

    What a partial capture let go, Stripe counts as refunded too; `refunded` is without it.
    """
    for listed in (body.get("refunds") or {}).get("data") or []:
        yield from refund(listed, NO_HEADER)
    if refunded > 0:
        total = f"{body['id']}/refunded"
        yield object_report(body, ObjectKind.REFUNDED_TOTAL, "reported", refunded, total)


def refund(body: Body, header: Header) -> Iterator[ObjectReport]:
    """Report how a refund stands; old versions gave it no status.

    Stripe also lists as a refund what a partial capture let go. It never touched our balance,
    by which it is known; should a real one look so, its charge's total has it waiting.
    """
    if body.get("status") == "succeeded" and body.get("balance_transaction", "") is None:
        return
    stands = object_report(body, ObjectKind.REFUND, str(body.get("status") or "succeeded"))
    yield stands.model_copy(
        update={
            "reason": body.get("failure_reason"),
            "refund_request_id": (body.get("metadata") or {}).get("refund_request_id"),
            "reference": _reference(body),
        }
    )


def _reference(body: Body) -> str | None:
    """Return the number by which the customer's bank finds a refund, once Stripe has it.

    It stands under the destination's type (a card's ARN, a bank transfer's reference), and stood
    at the refund itself before there were destinations.
    """
    details = body.get("destination_details") or {}
    destination = details.get(details.get("type") or "card") or {}
    return text(destination.get("reference")) or text(body.get("acquirer_reference_number"))
