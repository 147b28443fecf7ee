"""What is known of a disputed payment, as sentences, and what of it fits a dispute's reason.

Banks and gateways read English, so it is written in English whatever the customer reads. Nothing is
claimed that Kassa doesn't hold: what isn't known isn't there.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from kassa.core.model import Instant, Model
from kassa.core.money import Money, to_decimal
from kassa.customers.parties import Buyer
from kassa.disputes.reasons import DisputeCategory
from kassa.gateways.disputes.evidence import EvidenceTexts

C = DisputeCategory


class Section(StrEnum):
    """What a part of the evidence is about."""

    PAYMENT = "payment"
    ORDER = "order"
    CUSTOMER = "customer"
    INVOICE = "invoice"
    SHIPPING = "shipping"
    REFUNDS = "refunds"
    MESSAGES = "messages"
    HISTORY = "history"
    POLICY = "policy"
    NOTE = "note"


S = Section
_FIELDS = {  # of what gateways have fields for, which say the same as a section
    S.CUSTOMER: ("customer_name", "customer_email", "billing_address"),
    S.ORDER: ("product",),
    S.SHIPPING: ("carrier", "tracking_number", "shipped_on"),
    S.POLICY: ("refund_policy",),
    S.REFUNDS: ("refund_id",),
}
OWN = (S.NOTE, S.SHIPPING, S.POLICY)  # what a person added
_FIRST = {  # what counts for a reason comes first; the rest follows in the order above
    C.FRAUDULENT: (S.HISTORY, S.CUSTOMER, S.PAYMENT, S.SHIPPING),
    C.UNRECOGNIZED: (S.ORDER, S.HISTORY, S.MESSAGES, S.INVOICE),
    C.NOT_RECEIVED: (S.SHIPPING, S.ORDER, S.MESSAGES),
    C.NOT_AS_DESCRIBED: (S.ORDER, S.POLICY, S.MESSAGES),
    C.NOT_REFUNDED: (S.REFUNDS, S.POLICY, S.MESSAGES),
    C.DUPLICATE: (S.ORDER, S.INVOICE, S.HISTORY),
    C.CANCELED: (S.POLICY, S.MESSAGES, S.HISTORY),
    C.WRONG_AMOUNT: (S.INVOICE, S.ORDER),
    C.AUTHORIZATION: (S.PAYMENT,),
}


class KnownRefund(Model):
    """A refund of the payment."""

    refund_id: str
    amount: Money
    state: str
    at: Instant


class KnownMessage(Model):
    """A message that was sent to the customer about it."""

    message: str
    status: str
    at: Instant


class KnownLine(Model):
    """A line of the order."""

    name: str
    quantity: int
    amount: Money


class Known(Model):
    """All that Kassa holds of a disputed payment."""

    order_id: str | None = None
    customer_id: str | None = None
    captured: Money | None = None
    captured_at: Instant | None = None
    method: str | None = None
    brand: str | None = None
    card_country: str | None = None
    lines: tuple[KnownLine, ...] = ()
    channel: str | None = None
    buyer: Buyer | None = None
    invoice_number: str | None = None
    invoice_key: str | None = None  # where its document lies
    refunds: tuple[KnownRefund, ...] = ()
    messages: tuple[KnownMessage, ...] = ()
    earlier_payments: int = 0  # of the customer, undisputed


class Added(Model):
    """What a person adds."""

    statement: str = ""
    carrier: str = ""
    tracking_number: str = ""
    shipped_on: date | None = None
    refund_policy: str = ""


class Part(NamedTuple):
    """One part of the evidence."""

    section: Section
    sentences: tuple[str, ...]


def parts_of(known: Known, added: Added, category: DisputeCategory) -> tuple[Part, ...]:
    """Return the parts that say something, what counts for the reason first."""
    found = {section: tuple(sentences) for section, sentences in _sections(known, added)}
    order = dict.fromkeys((*_FIRST.get(category, ()), *Section))
    return tuple(Part(one, found[one]) for one in order if found.get(one))


def fitting(parts: Iterable[Part], limit: int) -> Iterator[Part]:
    """Yield the parts with the gathered sentences that fit beside what a person added.

    What is a person's own is never cut: where it alone is too long, nothing else is there.
    """
    parts = tuple(parts)
    room = limit - own_length(parts)
    for one in parts:
        if one.section in OWN:
            yield one
            continue
        sentences = tuple(_filling(one.sentences, room))
        room -= sum(len(sentence) + 1 for sentence in sentences)
        if sentences:
            yield Part(one.section, sentences)


def own_length(parts: Iterable[Part]) -> int:
    """Return how many characters a person's own text has."""
    return len(statement_of(one for one in parts if one.section in OWN))


def statement_of(parts: Iterable[Part]) -> str:
    """Return the parts as one text, what a person wrote first."""
    listed = sorted(parts, key=lambda one: (one.section not in OWN, one.section is not S.NOTE))
    return "\n".join(sentence for one in listed for sentence in one.sentences)


def texts_of(known: Known, added: Added, statement: str) -> EvidenceTexts:
    """Return what gateways have fields of their own for."""
    buyer = known.buyer
    sent = next((one.refund_id for one in known.refunds if one.state == "succeeded"), "")
    return EvidenceTexts(
        customer_name=buyer.name if buyer else "",
        customer_email=(buyer.email or "") if buyer else "",
        billing_address=_address(buyer) if buyer else "",
        product="; ".join(_line(one) for one in known.lines)[:5000],
        carrier=added.carrier,
        tracking_number=added.tracking_number,
        shipped_on=added.shipped_on.isoformat() if added.shipped_on else "",
        refund_policy=added.refund_policy,
        refund_id=sent,
        statement=statement,
    )


def without(texts: EvidenceTexts, sections: Iterable[Section]) -> EvidenceTexts:
    """Return texts without those of sections that a person leaves out."""
    left_out = {name: "" for one in sections for name in _FIELDS.get(one, ())}
    return texts.model_copy(update=left_out)


def _filling(sentences: Iterable[str], room: int) -> Iterator[str]:
    for one in sentences:
        if len(one) < room:
            room -= len(one) + 1  # and the line's end
            yield one


def _sections(known: Known, added: Added) -> Iterable[tuple[Section, Iterable[str]]]:
    yield S.NOTE, [line for line in added.statement.splitlines() if line.strip()]
    yield S.PAYMENT, _payment(known)
    yield S.ORDER, _order(known)
    yield S.CUSTOMER, _customer(known)
    yield S.INVOICE, _invoice(known)
    yield S.SHIPPING, _shipping(added)
    yield (
        S.REFUNDS,
        [
            f"{_amount(one.amount)} was refunded on {_day(one.at)} ({one.state}, {one.refund_id})."
            for one in known.refunds
        ],
    )
    yield (
        S.MESSAGES,
        [
            f"The message '{one.message.replace('_', ' ')}' was sent to the customer on"
            f" {_day(one.at)}: {one.status}."
            for one in known.messages
        ],
    )
    yield S.HISTORY, _history(known)
    yield S.POLICY, [added.refund_policy] if added.refund_policy else []


def _payment(known: Known) -> Iterable[str]:
    if known.captured and known.captured_at:
        by = " ".join(filter(None, (known.method, known.brand)))
        paid = f"{_amount(known.captured)} was captured on {_day(known.captured_at)}"
        yield f"{paid}{f', paid by {by}' if by else ''}."
    if known.card_country:
        yield f"The card was issued in, or the payer is in, {known.card_country}."


def _order(known: Known) -> Iterable[str]:
    if known.order_id:
        where = f", placed at {known.channel}" if known.channel else ""
        yield f"It paid order {known.order_id}{where}."
    yield from (f"Ordered: {_line(one)}." for one in known.lines)


def _customer(known: Known) -> Iterable[str]:
    if known.customer_id:
        yield f"The customer's id at the merchant is {known.customer_id}."
    if known.buyer:
        email = f", {known.buyer.email}" if known.buyer.email else ""
        yield f"The order names its buyer: {known.buyer.name}, {_address(known.buyer)}{email}."


def _invoice(known: Known) -> Iterable[str]:
    if known.invoice_number:
        yield f"Invoice {known.invoice_number} was issued for it; the document is attached."


def _shipping(added: Added) -> Iterable[str]:
    if added.shipped_on:
        yield f"It was shipped on {added.shipped_on}."
    if added.tracking_number:
        by = f" by {added.carrier}" if added.carrier else ""
        yield f"It was carried{by} under tracking number {added.tracking_number}."


def _history(known: Known) -> Iterable[str]:
    count = known.earlier_payments
    if count:
        paid = "payment" if count == 1 else "payments"
        yield f"The same customer made {count} other {paid} here that nobody disputed."


def _address(buyer: Buyer) -> str:
    at = buyer.address
    place = " ".join(filter(None, (at.postal_code, at.city)))
    return ", ".join([*at.lines, *filter(None, (place, at.subdivision, at.country))])


def _line(line: KnownLine) -> str:
    return f"{line.quantity} × {line.name}, {_amount(line.amount)}"


def _amount(money: Money) -> str:
    return f"{to_decimal(money):f} {money.currency}"


def _day(at: datetime) -> str:
    return at.date().isoformat()
