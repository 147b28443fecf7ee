"""An erasure: how far it is, by what a person is found again, and what is kept of them.

By what they are found again (their ids, mail address, phone) is kept as digests while it lasts,
since the names themselves are erased first. They are gone with its end.
"""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Any
from urllib.parse import unquote_plus

from kassa.core.facts import Fact, FactMetadata
from kassa.core.model import Instant, Model
from kassa.core.money import Money
from kassa.privacy.facts import CustomerErased

MARK_MIN = 6  # characters: what is shorter stands in other people's events too
_TOKEN = re.compile(r"[^\s\"'<>&=,;()\[\]{}\\]+")


class Status(StrEnum):
    """How far an erasure is."""

    BEGUN = "begun"
    DONE = "done"


class Erased(Model):
    """How much was erased."""

    buyers: int = 0  # names with their addresses, one an order
    orders: int = 0  # texts of lines, addresses of pages, hashed mail addresses
    entries: int = 0  # references of payments that people entered
    refund_requests: int = 0  # comments of theirs, notes about them
    notes: int = 0  # that people wrote on payments
    raw_events: int = 0  # what gateways sent, body and all
    letters: int = 0


class KeptPart(Model):
    """Something of a person that isn't erased, and why."""

    what: str
    why: str
    until: str | None = None  # when it goes by itself


class Erasure(Model):
    """One erasure of a customer; done, or to be gone on with."""

    customer_id: str
    number: int  # 1, 2, 3 …: how often they were erased
    version: int  # of this record
    status: Status
    begun_at: Instant
    begun_by: str
    begun_act: str | None = None  # the audit item that noted its beginning
    done_at: Instant | None = None
    days_until: date | None = None  # the days up to this one are gone through
    marks: tuple[str, ...] = ()  # digests of what they are found by; none once it is done
    payments: tuple[str, ...] = ()  # partitions of the books
    erased: Erased = Erased()
    kept: tuple[KeptPart, ...] = ()
    unsearched: tuple[str, ...] = ()  # ids too short to be looked for in what gateways sent


def mark(text: str) -> str:
    """Return the digest of what a person is found by, however it is written."""
    return sha256(text.strip().casefold().encode()).hexdigest()


def marks_of(texts: Iterable[str]) -> frozenset[str]:
    """Return the digests of what is long enough to be one person's."""
    return frozenset(mark(text) for text in texts if len(text.strip()) >= MARK_MIN)


def names(body: bytes, marks: frozenset[str]) -> bool:
    """Tell whether a body holds one of the marks: as a JSON value, or as a word of any text."""
    text = body.decode("utf-8", "replace")
    return any(mark(one) in marks for one in _words(text))


def _words(text: str) -> Iterator[str]:
    try:
        yield from _values(json.loads(text))
    except (ValueError, RecursionError):
        yield from _TOKEN.findall(unquote_plus(text))


def _values(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _values(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _values(inner)
    elif isinstance(value, str):
        yield value
        yield from _TOKEN.findall(value)
    elif isinstance(value, int) and not isinstance(value, bool):
        yield str(value)


def always_kept(documents: Iterable[str]) -> Iterator[KeptPart]:
    """Yield what is kept of anybody, and why."""
    listed = ", ".join(documents)
    if listed:
        why = "documents that were issued: the law makes their issuer keep them"
        yield KeptPart(what=f"invoices and credit notes: {listed}", why=why)
    yield KeptPart(
        what="ids, amounts, days and card fingerprints of orders, payments and refunds",
        why="the books: without them no posting could be explained; they name nobody",
    )
    yield KeptPart(
        what="digests of mail addresses and phones that want no messages",
        why="so that nobody writes to them again; no address can be read from them",
    )
    yield KeptPart(what="audit trail", why="it names what was done to which id, by whom")
    yield KeptPart(
        what="which addresses get no messages, by digests that nobody can read",
        why="so that whoever unsubscribed, or complained, isn't written to again",
    )
    yield KeptPart(what="the shop's id of the customer", why="so that an erasing is known")
    yield KeptPart(
        what="copies in backups of the table, and older versions of what gateways sent",
        why="they can't be changed",
        until="35 days for backups, two days for older versions",
    )
    yield KeptPart(
        what="messages in queues and dead-letter queues, idempotent answers",
        why="they are on their way",
        until="14 days for dead-letter queues, two days for answers",
    )


def erased_fact(erasure: Erasure, merchant_id: str, currency: str) -> Fact[CustomerErased]:
    """Return the fact of an erasure, the same whenever it is published; no money moved."""
    customer_id, number = erasure.customer_id, erasure.number
    return Fact[CustomerErased](
        metadata=FactMetadata(
            fact_id=f"{customer_id}:erasure-{number}:CustomerErased",
            event_id=f"erasure-{customer_id}-{number}",
            merchant_id=merchant_id,
            gateway="kassa",
            account="main",
            subject_kind="customer",
            subject_id=customer_id,
            version=number,
            booked_at=erasure.begun_at,
        ),
        data=CustomerErased(
            object_id=f"erasure-{number}",
            occurred_at=erasure.begun_at,
            amount=Money(amount_minor=0, currency=currency),
            customer_id=customer_id,
        ),
    )
