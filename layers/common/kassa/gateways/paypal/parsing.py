"""What PayPal's objects have in common, of both API generations: ids, amounts, times, links, whose
they are, and what they were paid with.

Read strictly or not at all, with one exception: a time that isn't one (PayPal has sent month 19)
gives way to another time of the same object, and in the end to the delivery's. Means of payment are
the `payment_source` of Orders v2; a capture says no more than that a card was used, and of which
network. A platform's webhooks report the payments of all its merchants.
"""

import re
from datetime import datetime
from typing import NamedTuple

from kassa.core.errors import UnreadableEvent
from kassa.core.money import Money
from kassa.gateways.events import ObjectKind, ObjectReport, SubjectKind
from kassa.gateways.parsing import Body as Body
from kassa.gateways.parsing import country
from kassa.gateways.parsing import part as part
from kassa.gateways.parsing import parts as parts
from kassa.gateways.parsing import text as text
from kassa.gateways.payment_methods import Means, PaidMethod, means
from kassa.gateways.paypal.money import from_paypal

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_TIMES = ("create_time", "update_time", "status_update_time", "time_created", "time_updated")


class SubjectReports(NamedTuple):
    """Whose object something is, and how it and what belongs to it stand."""

    subject_id: str
    object_reports: tuple[ObjectReport, ...]
    kind: SubjectKind = SubjectKind.PAYMENT
    order_id: str | None = None
    customer_id: str | None = None
    charge_reference: str | None = None
    recurring: str | None = None
    agreement_id: str | None = None


def is_first_generation(body: Body) -> bool:
    """Return whether an object is of the first generation: it had totals, and small letters."""
    return "state" in body or "total" in part(body, "amount")


def identifier(value: object) -> str:
    """Return one of PayPal's ids, which are safe in a path; refuse anything else."""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise UnreadableEvent("an id isn't one")
    return value


def our_name(custom_id: object) -> str | None:
    """Return our name for a refund; one made by hand may carry the custom id of its capture."""
    named = text(custom_id)
    return named if named and named.startswith("rr_") else None


def unsigned(amount: object) -> Money:
    """Return how much, whichever way it went: refunds come with and without a minus."""
    signed = from_paypal(amount)
    return signed.model_copy(update={"amount_minor": abs(signed.amount_minor)})


def instant(text: object) -> datetime | None:
    """Return an aware instant; nothing for what can't be read as one."""
    if not isinstance(text, str) or len(text) > 40:
        return None
    try:
        read = datetime.fromisoformat(text)
        return read if read.tzinfo and 1970 < read.year < 9000 else None
    except (ValueError, OverflowError):
        return None


def happened_at(body: Body, otherwise: datetime) -> datetime:
    """Return when an object came to be: the first of its times that is one."""
    times = (instant(body.get(name)) for name in _TIMES)
    return next((time for time in times if time), otherwise)


def last_changed(body: Body, otherwise: datetime) -> datetime:
    """Return when an object came to stand as it stands: of what was created, changed, the last."""
    found = [instant(body.get(name)) for name in ("create_time", "update_time")]
    return max((time for time in found if time), default=happened_at(body, otherwise))


def linked(body: Body, rel: str, part: str) -> str | None:
    """Return the id that a link leads to, where its path has that part: `/captures/`."""
    for link in parts(body, "links"):
        href = link.get("href")
        if link.get("rel") == rel and isinstance(href, str) and part in href:
            found = href.rpartition(part)[2].partition("/")[0].partition("?")[0]
            return found if _ID.fullmatch(found) else None
    return None


def object_report(
    kind: ObjectKind, object_id: str, state: str, amount: Money, at: datetime
) -> ObjectReport:
    """Report how an object stands."""
    return ObjectReport(object_id=object_id, kind=kind, state=state, amount=amount, happened_at=at)


SPELLINGS = {
    "apple_pay": "applepay",
    "google_pay": "googlepay",
    "token": "paypal",
    # networks of cards
    "CB_NATIONALE": "cartes_bancaires",
    "CHINA_UNION_PAY": "unionpay",
    "DELTA": "visa",
    "ELECTRON": "electron",
}
PAYPAL = means("paypal")


def of_source(source: Body) -> Means:
    """Return what an order was paid with; PayPal's own balance where it names nothing."""
    named = [name for name in source if isinstance(source[name], dict)]
    if not named:
        return PAYPAL
    paid = means(named[0], SPELLINGS)
    if paid.method is PaidMethod.CARD:
        return _of_network(text(part(source, named[0]).get("brand")))
    return paid


def country_of(order: Body) -> dict[str, str | None]:
    """Return where an order's card was issued, or else where its payer is."""
    card = part(part(part(order, "payment_source"), "card"), "bin_details")
    address = part(part(order, "payer"), "address")
    found = country(card.get("bin_country_code")) or country(address.get("country_code"))
    return {"card_country": found}


def of_capture(capture: Body) -> Means:
    """Return what a capture was paid with; only cards leave a trace of their network."""
    if "network_transaction_reference" not in capture and "processor_response" not in capture:
        return PAYPAL
    return _of_network(text(part(capture, "network_transaction_reference").get("network")))


def _of_network(network: str | None) -> Means:
    return Means(PaidMethod.CARD, means(network, SPELLINGS).brand)


ANOTHERS = "kassa.of_another"  # marks an answer about what isn't the account's


def is_of_another(body: Body, merchant_id: str | None) -> bool:
    """Return whether an object names merchants and the account's own isn't among them.

    An account whose secret names no merchant id takes everything for its own.
    """
    named = _merchants(body) | {
        one for name in ("reversal", "charge") for one in _merchants(part(body, name))
    }
    return merchant_id is not None and bool(named) and merchant_id not in named


def _merchants(body: Body) -> set[str]:
    """Return who was paid; of a refund, who paid it; of a dispute, who sold."""
    units = [part(one, "payee") for one in [body, *parts(body, "purchase_units")]]
    sellers = [part(one, "seller") for one in parts(body, "disputed_transactions")]
    found = (text(one.get("merchant_id")) for one in (*units, *sellers, part(body, "payer")))
    return {one for one in found if one}
