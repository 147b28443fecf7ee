"""Series: the numbers of a seller's documents of one kind and one year, and what follows next.

A kind's prefix is data; invoices have none, as their numbers were printed from the beginning.
"""

import re
from datetime import date, datetime
from typing import NamedTuple

from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.numbering.record import (
    DIGITS_MAX,
    GENESIS,
    Entry,
    Statement,
    VoidEntry,
    hashed,
    text_of,
)
from kassa.core.errors import InvalidRequest
from kassa.core.merchant import Merchant
from kassa.core.model import Model

PREFIXES = {
    DocumentKind.INVOICE: "",
    DocumentKind.CREDIT_NOTE: "CN-",
    DocumentKind.RECEIPT: "RC-",
}
_KINDS = {prefix: kind for kind, prefix in PREFIXES.items()}
_NAME = re.compile(rf"({'|'.join(PREFIXES.values())})([0-9]{{4}})", re.ASCII)
_PRINTED = re.compile(rf"(.+)-([0-9]{{{DIGITS_MAX}}})", re.ASCII)


class Series(Model):
    """How far a merchant's documents of one kind and year are numbered and chained."""

    merchant_id: str
    name: str  # the year, behind the prefix of its kind
    last_number: int = 0
    last_issued_on: date = date.min
    last_position: int = 0
    last_hash: str = GENESIS


class Voided(NamedTuple):
    """Why a number is void, who said so, and when."""

    reason: str
    by: str
    at: datetime


def series_name(kind: DocumentKind, merchant: Merchant, now: datetime) -> str:
    """Return the series of a document that is issued now: its kind's, of the seller's year."""
    return f"{PREFIXES[kind]}{merchant.day_of(now).year}"


def kind_of(name: str) -> DocumentKind:
    """Return what a series numbers; raise InvalidRequest where there is no such series."""
    found = _NAME.fullmatch(name)
    if found is None:
        prefixes = ", ".join(f"{prefix}2026" for prefix in PREFIXES.values())
        raise InvalidRequest(f"series {name!r}: a year behind its kind's prefix, as in {prefixes}")
    return _KINDS[found[1]]


def parted(number_printed: str) -> tuple[str, int]:
    """Return the series and the number of a printed one; raise InvalidRequest for another text."""
    found = _PRINTED.fullmatch(number_printed)
    if found is None or not int(found[2]):
        raise InvalidRequest(f"number {number_printed!r}: give it as printed, as 2026-00000001")
    kind_of(found[1])
    return found[1], int(found[2])


def next_entry(statement: Statement, before: Series, today: date) -> tuple[Entry, Series]:
    """Give a document the next number of a series; return it and how far the series is then.

    Clocks of two workers may differ by a moment around midnight: a number never bears an earlier
    date than the number before it.
    """
    issued_on = max(today, before.last_issued_on)
    entry = Entry(
        **dict(statement),
        merchant_id=before.merchant_id,
        series=before.name,
        number=before.last_number + 1,
        issued_on=issued_on,
        position=before.last_position + 1,
        previous=before.last_hash,
    )
    numbered = {"last_number": entry.number, "last_issued_on": issued_on}
    return entry, before.model_copy(update=numbered | _chained(entry, before))


def void_entry(number: int, before: Series, voided: Voided) -> tuple[VoidEntry, Series]:
    """Say that a number is void; return that and how far the series is chained then."""
    entry = VoidEntry(
        **voided._asdict(),
        merchant_id=before.merchant_id,
        series=before.name,
        number=number,
        position=before.last_position + 1,
        previous=before.last_hash,
    )
    return entry, before.model_copy(update=_chained(entry, before))


def _chained(entry: Entry | VoidEntry, before: Series) -> dict[str, int | str]:
    return {"last_position": before.last_position + 1, "last_hash": hashed(text_of(entry))}
