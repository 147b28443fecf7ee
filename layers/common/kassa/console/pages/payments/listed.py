"""What the list of payments shows, and the links that are its filters."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from kassa.core.money import Money
from kassa.ledger.payment_details import PaymentDetails
from kassa.reports.localization import Texts

FILTERS = ("gateway", "status", "currency")


class Chosen(Protocol):
    """What payments are narrowed to."""

    @property
    def gateway(self) -> str | None: ...
    @property
    def status(self) -> str | None: ...
    @property
    def currency(self) -> str | None: ...


class Links(NamedTuple):
    """Which payments are shown; every other choice is a link that changes one of them."""

    day: date
    chosen: Chosen
    today: date

    def to(self, **changes: object) -> str:
        """Return the query of the same list with something chosen otherwise."""
        kept = {name: getattr(self.chosen, name) for name in FILTERS}
        asked = {"day": self.day} | kept | changes
        return urlencode({name: str(value) for name, value in asked.items() if value})


def query_of(chosen: Chosen) -> str:
    """Return the query of a filter on whichever day is today."""
    kept = {name: getattr(chosen, name) for name in FILTERS}
    return urlencode({name: str(value) for name, value in kept.items() if value})


def rows(payments: Iterable[PaymentDetails], texts: Texts, zone: ZoneInfo) -> list[dict[str, Any]]:
    """Return the list's rows, in the order given."""
    return [_row(one, texts, zone) for one in payments]


def path_of(gateway: str, account: str, payment_id: str) -> str:
    """Return where a payment is shown."""
    return "/console/payments/" + "/".join(
        quote(one, safe="") for one in (gateway, account, payment_id)
    )


def amount_of(money: Money | None, texts: Texts) -> str:
    """Return an amount, or a dash where there is none."""
    return texts.money(money.amount_minor, money.currency) if money else "–"


def _row(payment: PaymentDetails, texts: Texts, zone: ZoneInfo) -> dict[str, Any]:
    captured, left, at = (
        payment.captured,
        payment.refundable,
        payment.captured_at or payment.begun_at,
    )
    return {
        "path": path_of(payment.gateway, payment.account, payment.payment_id),
        "id": payment.payment_id,
        "amount": amount_of(captured or payment.tried, texts),
        "left": texts.money(left.amount_minor, left.currency) if left else "",
        "status": payment.status,
        "gateway": texts.gateway(f"{payment.gateway}/{payment.account}"),
        "order": payment.order_id or "",
        "customer": payment.customer_id or "",
        "method": texts.name("methods", payment.method) if payment.method else "",
        "brand": (payment.brand or "").replace("_", " "),
        "at": texts.instant(at.astimezone(zone)) if at else "",
    }
