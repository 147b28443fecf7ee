"""Read which payments an address asks for: their day, state, gateway and currency."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from kassa.api.payment_lists import PaymentFilter
from kassa.console.days import day_in
from kassa.core.errors import InvalidRequest
from kassa.core.money import EVERY_CURRENCY
from kassa.gateways.registry import MANUAL
from kassa.ledger.objects import PaymentStatus
from kassa.platform import clock
from kassa.refunds.find_payment import named_accounts


class Asked(NamedTuple):
    """A UTC day and what its payments are narrowed to."""

    day: date
    chosen: PaymentFilter
    today: date


def read_filter(query: Mapping[str, str]) -> Asked:
    """Return what is asked for; raise InvalidRequest for what can't be."""
    today = clock.now().date()
    status, currency = query.get("status", ""), query.get("currency") or None
    if status and status not in set(PaymentStatus):
        raise InvalidRequest("status: choose one of those that are offered")
    if currency is not None and currency not in EVERY_CURRENCY:
        raise InvalidRequest("currency: write it by ISO 4217, such as EUR")
    named = PaymentStatus(status) if status else None
    chosen = PaymentFilter(query.get("gateway") or None, None, named, currency)
    return Asked(day_in(query, "day", today), chosen, today)


def gateways() -> list[str]:
    """Return the gateways that payments may be of, those entered by hand among them."""
    return sorted({gateway for gateway, _ in named_accounts()} | {MANUAL})
