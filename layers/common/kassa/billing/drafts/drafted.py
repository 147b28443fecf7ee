"""What a draft comes to by its seller's profile, and what is kept of it."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from kassa.billing.documents.draft import Draft
from kassa.billing.documents.lines import Line
from kassa.billing.documents.totals import Document, worked_out
from kassa.billing.drafts.sent_draft import DraftContent, DraftLine
from kassa.billing.einvoice.checks import refuse_problems
from kassa.billing.einvoice.profiles import PROFILES
from kassa.billing.seller.profile import ProfileName, SellerProfile
from kassa.core import stored
from kassa.core.errors import InvalidRequest
from kassa.core.money import CURRENCIES
from kassa.customers.parties import Buyer

STORED_MAX = 200_000  # characters of a draft: an item of the table holds twice as much
TOTAL_MAX = 10**12  # minor units, as of an order


class Drafted(NamedTuple):
    """A draft's document, and the seller as it is written for."""

    document: Document
    seller: SellerProfile


def drafted(
    content: DraftContent, seller: SellerProfile, buyer: Buyer | None, known: Mapping[str, Any]
) -> Drafted:
    """Return what a draft comes to; `known` are its dates, its languages and its link.

    Raises InvalidRequest for what no document can say.
    """
    chosen = seller.model_copy(update={"profile": content.profile or seller.profile_name})
    return Drafted(worked_out(_draft(content, chosen, buyer, dict(known))), chosen)


def require_sound(document: Document, content: DraftContent) -> None:
    """Raise InvalidRequest for what is too much, or in a currency that nothing is paid in.

    Raises EinvoiceRefused for what breaks its profile.
    """
    if content.currency not in CURRENCIES:
        raise InvalidRequest("currency: is none that anybody pays in, such as EUR")
    if document.gross_minor > TOTAL_MAX:
        raise InvalidRequest(f"lines: come to more than {TOTAL_MAX} minor units")
    if len(stored.text(content, exclude_none=True)) > STORED_MAX:
        raise InvalidRequest("lines: are longer than a document's may be together")
    if content.profile is not None:
        refuse_problems(document, PROFILES[content.profile])


def kept_fields(
    content: DraftContent, seller: SellerProfile, known: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what an item holds of a draft: its content, and which seller's profile it is by."""
    link = {"payment_url": known["payment_url"]} if known["payment_url"] else {}
    return link | {
        "draft": stored.text(content, exclude_none=True, exclude_defaults=True),
        "languages": list(known["languages"]),
        "seller_version": seller.version,
    }


def content_of(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return all that a document says, but for who buys: what its digest is of."""
    link = {"payment_url": item["payment_url"]} if "payment_url" in item else {}
    return link | {
        "draft": item["draft"],
        "languages": list(item["languages"]),
        "seller_version": int(item["seller_version"]),
    }


def _draft(
    content: DraftContent, seller: SellerProfile, buyer: Buyer | None, known: dict[str, Any]
) -> Draft:
    issued_on: date = known["issued_on"]
    day = content.delivered_on or issued_on
    of_a_day = (day, day) if seller.profile is ProfileName.JP_PINT else None
    return Draft(
        **known,
        currency=content.currency,
        prices_include_tax=content.prices_include_tax,
        rounding=seller.rounding,
        seller=seller.party,
        buyer=buyer.party if buyer else None,
        lines=tuple(map(_line, content.lines)),
        adjustments=content.adjustments,
        delivered_on=content.delivered_on,
        period=content.period or of_a_day,
        order_id=content.order_id,
        buyer_reference=buyer.reference if buyer else None,
        purchase_order=buyer.purchase_order if buyer else None,
        payment_terms=content.payment_terms or seller.payment_terms,
        remittance=content.remittance,
        bank_accounts=seller.bank_accounts,
        note=content.note or seller.note,
    )


def _line(line: DraftLine) -> Line:
    """Return a line as documents have it; a class was resolved before."""
    if line.tax is None:
        raise InvalidRequest(f"lines: nobody said what {line.tax_class} comes to")
    return Line(**{name: getattr(line, name) for name in Line.model_fields})
