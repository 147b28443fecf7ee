"""Invoices: numbered statements of what a customer owes, or, as here, has already paid.

An invoice holds everything that is printed on it, the merchant as it was then included, so that
its document is a pure function of it. Numbers of a series are 1..N, and rise with the date.
"""

from datetime import date, datetime
from typing import Literal, get_args

from pydantic import Field

from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.numbering.record import InvoiceState, Statement, TaxSum, content_digest, printed
from kassa.billing.numbering.series import Series, series_name
from kassa.core.facts import FactMetadata
from kassa.core.merchant import Merchant
from kassa.core.model import Model
from kassa.core.money import Money
from kassa.core.postings import Account
from kassa.gateways.registry import BY_HAND
from kassa.ledger.facts import PaymentCaptured
from kassa.orders.order import Order

Language = Literal["en", "ja"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_ORDERED: dict[Language, str] = {"en": "Order {}", "ja": "ご注文 {}"}
_PAID: dict[Language, str] = {"en": "Payment {}", "ja": "お支払い {}"}


class InvoiceLine(Model):
    """One thing that was sold; with the billing to come, its tax as well."""

    description: str
    quantity: int = Field(default=1, ge=1)
    amount: Money  # of the whole line

    @property
    def unit_price(self) -> Money | None:
        """Return what one costs; none where the line can't be parted into equal prices."""
        each_minor, rest = divmod(self.amount.amount_minor, self.quantity)
        currency = self.amount.currency
        return None if rest else Money(amount_minor=each_minor, currency=currency)


class Invoice(Model):
    """A numbered invoice; once its document is stored it never changes, but may become void."""

    merchant: Merchant
    seller_version: int | None = None  # of the profile it was made with; none: what settings said
    layout: int | None = None  # of an invoice without tax: none is the first, 2 all documents' own
    series: str
    number: int = Field(ge=1)
    state: InvoiceState
    fact_id: str
    gateway: str
    account: str
    payment_id: str
    order_id: str | None = None
    customer_id: str | None = None
    method: str | None = None  # one of payment_methods.PaidMethod
    language: str  # one of LANGUAGES; of an invoice with tax any that documents are written in
    issued_on: date  # by the merchant's calendar, like every date here
    paid_on: date
    lines: tuple[InvoiceLine, ...] = Field(min_length=1)
    taxes: tuple[TaxSum, ...] = ()  # of each rate; none where the sale's tax isn't known
    total: Money  # with tax
    document_key: str | None = None  # where the document stands, once it is stored
    document_sha256: str | None = None
    einvoice_sha256: str | None = None  # of the electronic invoice, where there is one
    entry: str | None = None  # of the series' chain (billing/numbering), with its hash
    entry_hash: str | None = None
    void_entry: str | None = None  # and that it is void
    void_hash: str | None = None

    @property
    def number_printed(self) -> str:
        """Return the number as people read it: 2026-00000001."""
        return printed(self.series, self.number)

    @property
    def path(self) -> str:
        """Return where the invoice's document belongs."""
        return f"invoices/{self.merchant.merchant_id}/{self.series}/{self.number_printed}.pdf"

    @property
    def einvoice_path(self) -> str:
        """Return where the same belongs as an electronic invoice."""
        return self.path.removesuffix(".pdf") + ".xml"

    @property
    def record_path(self) -> str:
        """Return where the invoice's record belongs, from which its items can be made again."""
        return self.path.removesuffix(".pdf") + ".json"


def is_invoiced(capture: PaymentCaptured) -> bool:
    """Whether a capture needs an invoice; what was captured before the books opened has one."""
    return any(p.destination is Account.GATEWAY_CLEARING for p in capture.postings)


def is_unapplied(capture: PaymentCaptured, metadata: FactMetadata) -> bool:
    """Whether a person entered a payment for no order of ours: nobody knows what was sold."""
    return metadata.gateway in BY_HAND and capture.order_id is None


def series_of(merchant: Merchant, now: datetime) -> str:
    """Return the series an invoice issued now belongs to: the merchant's fiscal year."""
    return series_name(DocumentKind.INVOICE, merchant, now)


def next_invoice(
    capture: PaymentCaptured,
    metadata: FactMetadata,
    merchant: Merchant,
    series: Series,
    now: datetime,
) -> Invoice:
    """Return the next invoice of a series, for a capture; its lines may still be the order's."""
    language = language_of(capture.language, merchant)
    return Invoice(
        merchant=merchant,
        series=series.name,
        number=series.last_number + 1,
        state=InvoiceState.PAID,
        fact_id=metadata.fact_id,
        gateway=metadata.gateway,
        account=metadata.account,
        payment_id=metadata.subject_id,
        order_id=capture.order_id,
        customer_id=capture.customer_id,
        method=capture.method,
        language=language,
        issued_on=max(merchant.day_of(now), series.last_issued_on),
        paid_on=merchant.day_of(capture.occurred_at),
        lines=(_line(capture, metadata, language),),
        total=capture.amount,
    )


def statement_of(invoice: Invoice) -> Statement:
    """Return what an invoice states: its total, and the tax of each rate where it is known."""
    return Statement(
        net_minor=sum(one.net_minor for one in invoice.taxes) if invoice.taxes else None,
        taxes=invoice.taxes,
        kind=DocumentKind.INVOICE,
        source_id=invoice.fact_id,
        currency=invoice.total.currency,
        gross_minor=invoice.total.amount_minor,
        customer_id=invoice.customer_id,
        order_id=invoice.order_id,
        payment_id=invoice.payment_id,
        content_sha256=content_digest(invoice.model_dump(mode="json", exclude_none=True)),
    )


def with_lines(invoice: Invoice, order: Order | None) -> Invoice:
    """Return an invoice with its order's lines, where there are some and they are what was paid."""
    if order is None or not order.lines or order.amount != invoice.total:
        return invoice
    currency = order.currency
    lines = tuple(
        InvoiceLine(
            description=line.name,
            quantity=line.quantity,
            amount=Money(amount_minor=line.amount_minor, currency=currency),
        )
        for line in order.lines
    )
    return invoice.model_copy(update={"lines": lines})


def language_of(preferred: str | None, merchant: Merchant) -> Language:
    """Return the customer's language if we write it, else the merchant's, else English."""
    for tag in (preferred, merchant.language):
        primary = (tag or "").lower().replace("_", "-").partition("-")[0]
        if primary in LANGUAGES:
            return primary
    return "en"


def _line(capture: PaymentCaptured, metadata: FactMetadata, language: Language) -> InvoiceLine:
    if capture.order_id:
        description = _ORDERED[language].format(capture.order_id)
    else:
        description = _PAID[language].format(metadata.subject_id)
    return InvoiceLine(description=description, amount=capture.amount)
