"""What a reminder, and a message about a checkout that was left, are told."""

from datetime import timedelta
from typing import Any

from kassa.billing.invoices.view import InvoiceView
from kassa.billing.reminders.facts import Tone
from kassa.core.money import Money
from kassa.messages.situations.situation import Situation
from kassa.messages.templates.parts import secure

Fields = dict[str, Any]
TO_PAY = timedelta(days=7)  # from the day on which somebody is reminded of what is overdue
LISTED_MAX = 100  # invoices of one message
TONES = {Tone.FRIENDLY: 1, Tone.NEUTRAL: 2, Tone.FIRM: 3, Tone.FINAL: 4}
_ITEMS_MAX = 20


def reminder_fields(fact: Any, now_is: Situation, language: str) -> Fields:
    """Return what is said of invoices that are due soon: what is owed of each by now."""
    owed = now_is.owed[:LISTED_MAX]
    return {
        "invoices": tuple(_open(one, late_minor(fact, one)) for one in owed),
        "tone": TONES.get(fact.data.tone, TONES[Tone.NEUTRAL]),
        "link": secure(owed[0].payment_url) if len(owed) == 1 else None,
        "bank_accounts": tuple(
            one.model_dump() | {"reference": owed[0].number if len(owed) == 1 else None}
            for one in now_is.bank_accounts
        ),
    }


def overdue_fields(fact: Any, now_is: Situation, language: str) -> Fields:
    """Return what is said of invoices whose day has passed, with what being late costs."""
    return reminder_fields(fact, now_is, language) | {
        "late_fee": _late(fact, now_is, "fee_minor"),
        "interest": _late(fact, now_is, "interest_minor"),
        "pay_by": now_is.merchant.day_of(fact.metadata.booked_at) + TO_PAY,
    }


def abandoned_fields(fact: Any, now_is: Situation, language: str) -> Fields:
    """Return what is said of an order that was left, with where it can still be paid."""
    case = now_is.order
    assert case is not None, "a checkout that was left is an order's"
    order, attempt = case.order, case.lifecycle.shown
    return {
        "amount": order.amount,
        "items": tuple(line.name for line in order.lines[:_ITEMS_MAX]) or (order.order_id,),
        "link": secure(attempt.url if attempt else None) or secure(order.cancel_url),
    }


def late_minor(fact: Any, one: InvoiceView) -> int:
    """Return what being late costs of what is owed of an invoice, as its reminder counted it."""
    named = (each for each in fact.data.invoices if each.number == one.number)
    return next((each.fee_minor + each.interest_minor for each in named), 0)


def _open(one: InvoiceView, late: int) -> Fields:
    """Return what is owed of an invoice itself; what being late costs is said beside."""
    currency = one.total.currency
    return {
        "number": one.number,
        "due_on": one.due_on or one.issued_on,
        "open": Money(amount_minor=max(one.open_minor - late, 0), currency=currency),
        "link": secure(one.payment_url),
    }


def _late(fact: Any, now_is: Situation, name: str) -> Money | None:
    """Return what being late costs, in the currency of the first invoice that is owed."""
    if not now_is.owed:
        return None
    currency, owed = now_is.owed[0].total.currency, {one.number for one in now_is.owed}
    minor = sum(
        getattr(one, name)
        for one in fact.data.invoices
        if one.number in owed and one.open.currency == currency
    )
    return Money(amount_minor=minor, currency=currency) if minor else None
