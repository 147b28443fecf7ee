"""Examples of each message: what a merchant's words are tried with, and what a preview shows.

Each text has an example with all that it can be told and one with as little as it must be.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from kassa.core.money import Money
from kassa.gateways.declines import DeclineAction, DeclineReason
from kassa.messages.templates.catalog import MESSAGES
from kassa.messages.templates.params import Params, PaymentFailed
from kassa.messages.templates.parts import BankDetails, OpenInvoice
from kassa.messages.templates.refund_params import Refund
from kassa.messages.templates.staff_params import DisputeOpened
from kassa.messages.templates.texts import TEXT_NAMES

_LINK = "https://pay.shop.example/l/8f3kQ2mZr7"
_CARD = "Visa •••• 4242"
_ON, _LATER, _AT = date(2026, 12, 1), date(2026, 12, 15), datetime(2026, 12, 8, 12, tzinfo=UTC)


def _eur(minor: int) -> Money:
    return Money(amount_minor=minor, currency="EUR")


_BANK = BankDetails(
    account="FI21 1234 5600 0007 85",
    name="Example Shop Oy",
    bank="Example Bank",
    bic="DABAFIHH",
    reference="2026-000123",
)
_INVOICES = (
    OpenInvoice(number="2026-000123", due_on=date(2026, 11, 17), open=_eur(129_90), link=_LINK),
    OpenInvoice(number="2026-000131", due_on=date(2026, 11, 24), open=_eur(1_045_00), link=_LINK),
)
_OF_ALL: dict[str, Any] = {
    "recipient_name": "Jane Example",
    "unsubscribe_link": "https://shop.example/unsubscribe/5Xw9",
    "amount": _eur(129_90),
    "reference": "A-1001",
    "order_id": "A-1001",
    "link": _LINK,
    "document_link": "https://shop.example/documents/5Xw9",
    "document_number": "2026-000077",
    "number": "2026-000123",
    "invoice_number": "2026-000123",
    "issued_on": _ON,
    "paid_on": _ON,
    "due_on": _LATER,
    "amount_due": _eur(129_90),
    "method": _CARD,
    "card": _CARD,
    "last_day": date(2026, 12, 31),
    "first_day": _ON,
    "save_command": "kassa report save 2026-12 --document report.pdf",
    "request": "GET /reports/monthly/2026-12",
    "net": "Net: 1,234.50 EUR. Paid out to the bank: 980.00 EUR",
    "usual": "EUR: Within what is usual: 1,000.00 EUR to 1,500.00 EUR, by 8 like periods",
    "needs": "What needs you\nCard payments at Stripe fail twice as often as usual since Friday.",
    "expires_at": _AT,
    "is_attached": True,
    "is_paid_back": True,
    "bank_accounts": (_BANK,),
    "refund_request_id": "rr_7Hq2",
    "answer_by": _LATER,
    "expected_by": _LATER,
    "trace_number": "74537604221222132710572",
    "question": "Could you send us a photo of the damage?\nOne that shows the parcel is best.",
    "action": DeclineAction.TRY_OTHER_METHOD,
    "invoices": _INVOICES,
    "pay_by": _LATER,
    "late_fee": _eur(5_00),
    "interest": _eur(1_87),
    "items": ("Blue mug", "Tea towel, striped", "Gift wrapping"),
    "payment_id": "pi_3Q0PqK2eZvKYlo2C",
    "dispute_id": "dp_1Q0PqK2eZvKYlo2C",
    "gateway": "stripe",
    "anomaly_id": "2026-11-21-4f1c09ab",
    "kind": "method_failures",
    "headline": "Card payments at Stripe fail twice as often as usual since Tuesday",
    "day": _ON,
    "respond_by": _AT,
    "code": "482913",
    "valid_minutes": 10,
    "endpoint_id": "we_4fTq",
    "address": "https://erp.shop.example/hooks/kassa",
    "failing_since": _AT,
    "last_error": "503 Service Unavailable",
}
_REASONS: dict[type[Params], object] = {
    Refund: "The return period of 30 days is over.",
    PaymentFailed: DeclineReason.DO_NOT_HONOR,
    DisputeOpened: "product_not_received",
}


def sample(name: str) -> dict[str, Any]:
    """Return the parameters of a text by its name, with all that it can be told."""
    message, _, variant = name.partition(".")
    model = MESSAGES[message]
    reason = next((one for kind, one in _REASONS.items() if issubclass(model, kind)), None)
    found = {**_OF_ALL, "reason": reason, **_of_variant(variant)}
    return {field: found[field] for field in model.model_fields if field in found}


def bare_sample(name: str) -> dict[str, Any]:
    """Return the parameters of a text with no more than it must be told."""
    full, model = sample(name), MESSAGES[name.partition(".")[0]]
    kept = {field for field, one in model.model_fields.items() if one.is_required()}
    kept |= set(_of_variant(name.partition(".")[2]))
    bare = {field: value for field, value in full.items() if field in kept and value is not None}
    return {**bare, **({"invoices": _INVOICES[:1]} if "invoices" in bare else {})}


def every_sample() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield both examples of every text, with its name."""
    for name in TEXT_NAMES:
        yield name, sample(name)
        yield name, bare_sample(name)


def _of_variant(variant: str) -> dict[str, Any]:
    if variant == "due":
        return {"paid_on": None, "amount_due": _eur(129_90), "due_on": _LATER}
    if variant == "paid":
        return {"paid_on": _ON, "amount_due": None, "due_on": None}
    return {"tone": int(variant.removeprefix("tone_"))} if variant else {}
