"""What is kept of a numbered document for good, and the text of it that its hash is of.

There is no personal data in it: ids, dates and sums only. A buyer's name and address stand in the
document itself (its PDF, its XML and its record in the bucket) and with the customer. So a name
can be erased, or a document when the law lets it go, while every number keeps its fate.

An entry's hash is the SHA-256 of its canonical text (JSON, keys sorted, no spaces, UTF-8), which
names the hash of the entry before. `jq -cS` writes the same text.
"""

import json
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import Field, StrictInt, model_validator

from kassa.billing.documents.kinds import DocumentKind
from kassa.core.model import Instant, Model

GENESIS = "0" * 64  # what the first entry of a series follows from
DIGITS_MAX = 8  # of a number
REASON_MAX = 500

Minor = Annotated[StrictInt, Field(ge=0)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
# What an item or a record holds beside what its document says.
_BESIDE = {"state", "entry", "entry_hash", "void_entry", "void_hash", "documents"}
# What became of an invoice since it was issued, and where it is listed: no part of what it says.
SINCE = frozenset({"credited", "receivable", "receivable_version"})
_LISTED = {"GSI1PK", "GSI1SK", "GSI2PK", "GSI2SK"}
_BESIDE_SIMPLE = {"document_key", "document_sha256", "einvoice_sha256", *SINCE, *_LISTED}


class InvoiceState(StrEnum):
    """How an invoice stands."""

    DRAFT = "draft"
    OPEN = "open"
    PAID = "paid"
    VOID = "void"
    UNCOLLECTIBLE = "uncollectible"


class TaxSum(Model):
    """What a document says of one rate of tax."""

    category: str  # UNCL 5305
    rate: str  # in percent, such as 25.5
    net_minor: Minor
    tax_minor: Minor


class Statement(Model):
    """What a document states, before it has a number; it adds up, or there is none."""

    kind: DocumentKind
    source_id: str  # what it is made for: a fact, an order, a request; each is numbered once
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    net_minor: Minor | None = None  # none where the document says nothing of tax
    taxes: tuple[TaxSum, ...] = ()
    gross_minor: Minor
    customer_id: str | None = None
    order_id: str | None = None
    payment_id: str | None = None
    preceding: str | None = None  # the number that a credit note gives back of
    content_sha256: Sha256 | None = None  # of everything that the document says

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        """Refuse totals that contradict each other."""
        if wrong := unbalanced(self.model_dump(mode="json")):
            raise ValueError(wrong)
        return self


class Entry(Statement):
    """A number as it was given: what its document states, when, and its place in the chain.

    A number that an earlier release gave stands in no chain: it has neither place nor predecessor.
    """

    merchant_id: str
    series: str
    number: Annotated[int, Field(ge=1)]
    issued_on: date  # by the seller's calendar
    position: int | None = None  # 1, 2, 3 … among the series' numbers and voids
    previous: Sha256 | None = None  # the hash of what stands a position before


class VoidEntry(Model):
    """That a number is void, why, and who said so; it stands in the chain like a number."""

    kind: Literal["void"] = "void"
    merchant_id: str
    series: str
    number: Annotated[int, Field(ge=1)]
    reason: Annotated[str, Field(min_length=1, max_length=REASON_MAX)]
    by: str  # the id of a person, a key or an operator
    at: Instant
    position: int
    previous: Sha256


class IssuedDocument(Model):
    """A number with all that became of it."""

    entry: Entry
    entry_text: str | None = None  # as it was hashed
    entry_hash: str | None = None  # both none where an earlier release gave the number
    state: InvoiceState
    void: VoidEntry | None = None
    void_text: str | None = None
    void_hash: str | None = None
    documents: dict[str, str] = {}  # form (pdf, xml) -> SHA-256, of what stands in the bucket
    language: str | None = None  # the first that it is written in
    payment_url: str | None = None  # where it is paid online

    @property
    def number_printed(self) -> str:
        """Return the number as people read it."""
        return printed(self.entry.series, self.entry.number)

    def path(self, form: str) -> str:
        """Return where a form of the document belongs in the bucket, such as its pdf."""
        entry = self.entry
        return f"invoices/{entry.merchant_id}/{entry.series}/{self.number_printed}.{form}"


class KeptNumber(NamedTuple):
    """A number as it stands in the table, not believed yet: texts, and hashes beside them."""

    entry: str | None = None
    entry_hash: str | None = None
    void: str | None = None
    void_hash: str | None = None
    documents: dict[str, str] = {}
    unchained: Entry | None = None  # what an earlier release left in place of an entry


def printed(series: str, number: int) -> str:
    """Return a number as people read it: 2026-00000001, CN-2026-00000001."""
    return f"{series}-{number:0{DIGITS_MAX}d}"


def text_of(entry: Entry | VoidEntry) -> str:
    """Return the text of an entry that is kept and hashed; the same entry gives the same text."""
    return canonical(entry.model_dump(mode="json", exclude_none=True))


def canonical(fields: Mapping[str, Any]) -> str:
    """Return fields as the one text that is hashed."""
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def hashed(text: str) -> str:
    """Return the hash of a text."""
    return sha256(text.encode()).hexdigest()


def content_digest(record: Mapping[str, Any]) -> str:
    """Return the digest of what a document's record says, whatever became of it since.

    A record holds its content under that name, or beside its number (simple invoices).
    """
    content = record.get("content")
    if content is None:
        beside = _BESIDE | _BESIDE_SIMPLE
        content = {name: value for name, value in record.items() if name not in beside}
    return hashed(canonical(content))


def unbalanced(stated: Mapping[str, Any]) -> str | None:
    """Return why totals don't add up; none where they do."""
    taxes, net = stated.get("taxes") or (), stated.get("net_minor")
    if net is None:
        return "rates of tax without a total before tax" if taxes else None
    nets, tax = (sum(one[name] for one in taxes) for name in ("net_minor", "tax_minor"))
    if nets != net:
        return f"the rates' net amounts come to {nets}, the total before tax is {net}"
    gross = stated.get("gross_minor")
    return None if net + tax == gross else f"{net} and {tax} tax aren't the total of {gross}"
