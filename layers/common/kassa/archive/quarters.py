"""Tallies of quarters of an hour: sums that add up, and what must be remembered to add them right.

A quarter belongs to a UTC day, and every time zone's days begin with one. So whoever knows where a
local day begins and ends adds up its quarters, and the archive knows no zones.

What a closed report counts over a whole day isn't always a sum of its parts: a payment captured
twice is one payment, and a method may be published hours after its capture. So a tally keeps a
digest of each captured payment, the captures without a method and the methods published, until they
meet.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from kassa.archive.report_names import UNKNOWN
from kassa.core.facts import Fact
from kassa.core.model import Instant, Model
from kassa.core.postings import ACCRUAL, Account, PostingKind

QUARTER = timedelta(minutes=15)
DIGEST = 16  # bytes; two facts of a day share one as often as never


class Moved(Model):
    """All postings that moved one currency from one account to another at a gateway."""

    gateway: str
    currency: str
    kind: PostingKind
    source: Account
    destination: Account
    amount_minor: int
    postings: int

    @property
    def is_capture(self) -> bool:
        """Whether it was captured, and not before the books were opened."""
        is_opening = self.destination is Account.OPENING_BALANCE
        return self.kind is PostingKind.CAPTURE and not is_opening


class Captured(Model):
    """What was captured at a gateway by one method."""

    gateway: str
    currency: str
    method: str
    amount_minor: int
    captures: int


class Undescribed(Model):
    """What was captured of one object without its method."""

    gateway: str
    currency: str
    capture: str  # digest of the object, by which its method is found
    amount_minor: int
    captures: int


class Failed(Model):
    """Attempts that failed at a gateway, by method and reason."""

    gateway: str
    currency: str
    method: str
    reason: str
    attempts: int


class Payers(Model):
    """The payments that facts of captures are of, each once."""

    gateway: str
    currency: str
    captures: int
    payments: str  # their digests, in base64

    @property
    def count(self) -> int:
        """Return how many payments there are."""
        return len(self.payments.rstrip("=")) * 3 // 4 // DIGEST


class QuarterTally(Model):
    """What a quarter's facts add up to, each counted once; sums of tallies are tallies."""

    facts: int = 0
    moved: tuple[Moved, ...] = ()
    captured: tuple[Captured, ...] = ()
    failed: tuple[Failed, ...] = ()
    payers: tuple[Payers, ...] = ()
    undescribed: tuple[Undescribed, ...] = ()
    methods: dict[str, str] = {}  # published after a capture, by the capture's digest
    newest_at: Instant | None = None  # when the last of them was booked
    lag_ms: int | None = None  # from the first booking of the batch it came in, until it counted
    known_key: str | None = None  # where the digests of the facts stand


def start_of(instant: datetime) -> datetime:
    """Return where an instant's quarter begins."""
    return instant.replace(minute=instant.minute // 15 * 15, second=0, microsecond=0)


def counts(fact: Fact[Any]) -> bool:
    """Whether a fact is in any live figure: it moved money, failed, or names a method."""
    moves = any(posting.kind not in ACCRUAL for posting in fact.data.postings)
    return moves or _name(fact) in ("PaymentCaptured", "PaymentFailed", "PaymentDescribed")


def digest(*parts: str) -> bytes:
    """Return the digest of a name in parts."""
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=DIGEST).digest()


def split(digests: bytes) -> set[bytes]:
    """Return the digests that stand in a row."""
    return {digests[n : n + DIGEST] for n in range(0, len(digests), DIGEST)}


def together(tallies: Iterable[QuarterTally]) -> QuarterTally:
    """Add tallies of different facts; a method that came later finds its captures."""
    parts = [one for one in tallies if one.facts]
    methods: dict[str, str] = {}
    for one in parts:
        for capture, method in one.methods.items():
            methods[capture] = min(method, methods.get(capture, method))
    captured, undescribed = list[Captured](), list[Undescribed]()
    for each in (each for one in parts for each in one.undescribed):
        if each.capture in methods:
            captured.append(_with_method(each, methods[each.capture]))
        else:
            undescribed.append(each)
    newest = max(parts, key=_newest, default=QuarterTally())
    return QuarterTally(
        facts=sum(one.facts for one in parts),
        moved=_summed((each for one in parts for each in one.moved), "amount_minor", "postings"),
        captured=_summed(
            (*captured, *(each for one in parts for each in one.captured)),
            *("amount_minor", "captures"),
        ),
        failed=_summed((each for one in parts for each in one.failed), "attempts"),
        payers=_payers(each for one in parts for each in one.payers),
        undescribed=_summed(undescribed, "amount_minor", "captures"),
        methods=methods,
        newest_at=newest.newest_at,
        lag_ms=newest.lag_ms,
    )


def settled(tally: QuarterTally) -> QuarterTally:
    """Return a tally whose captures without a method are of an unknown one, as a report says it."""
    unknown = (_with_method(each, UNKNOWN) for each in tally.undescribed)
    captured = _summed((*tally.captured, *unknown), "amount_minor", "captures")
    return tally.model_copy(update={"captured": captured, "undescribed": ()})


def tally_of(facts: Sequence[Fact[Any]]) -> QuarterTally:
    """Count different facts."""
    return together(_of_one(fact) for fact in facts)


def _of_one(fact: Fact[Any]) -> QuarterTally:
    metadata, data, name = fact.metadata, fact.data, _name(fact)
    place = {"gateway": metadata.gateway, "currency": data.amount.currency}
    method = getattr(data, "method", None)
    payment = (metadata.gateway, metadata.account, metadata.subject_id)
    capture = _spelled(digest(*payment, data.object_id))
    tally: dict[str, Any] = {"moved": tuple(_moved(fact))}
    taken = [one for one in tally["moved"] if one.is_capture]
    sums = [
        {"gateway": one.gateway, "currency": one.currency}
        | {"amount_minor": one.amount_minor, "captures": one.postings}
        for one in taken
    ]
    if method is not None:
        tally["captured"] = tuple(Captured(**one, method=method) for one in sums)
    elif name == "PaymentCaptured":
        tally["undescribed"] = tuple(Undescribed(**one, capture=capture) for one in sums)
    if name == "PaymentCaptured" and not _is_opening(fact):
        payer = _spelled(digest(*payment))
        tally["payers"] = (Payers(**place, captures=1, payments=payer),)
    if name == "PaymentDescribed":
        tally["methods"] = {capture: method}
    if name == "PaymentFailed":
        reason = getattr(data, "reason", None) or UNKNOWN
        failed = Failed(**place, method=method or UNKNOWN, reason=reason, attempts=1)
        tally["failed"] = (failed,)
    return QuarterTally(facts=1, newest_at=metadata.booked_at, **tally)


def _moved(fact: Fact[Any]) -> Iterator[Moved]:
    for posting in fact.data.postings:
        if posting.kind not in ACCRUAL:
            yield Moved(
                gateway=fact.metadata.gateway,
                currency=posting.amount.currency,
                kind=posting.kind,
                source=posting.source,
                destination=posting.destination,
                amount_minor=posting.amount.amount_minor,
                postings=1,
            )


def _is_opening(fact: Fact[Any]) -> bool:
    return any(one.destination is Account.OPENING_BALANCE for one in fact.data.postings)


def _name(fact: Fact[Any]) -> str:
    return str(getattr(fact.data, "fact", ""))


def _newest(tally: QuarterTally) -> float:
    return tally.newest_at.timestamp() if tally.newest_at else 0.0


def _with_method(each: Undescribed, method: str) -> Captured:
    sums = each.model_dump(exclude={"capture"})
    return Captured(**sums, method=method)


def _payers(rows: Iterable[Payers]) -> tuple[Payers, ...]:
    payments: dict[tuple[str, str], set[bytes]] = {}
    captures: dict[tuple[str, str], int] = {}
    for row in rows:
        at = (row.gateway, row.currency)
        payments.setdefault(at, set()).update(split(base64.b64decode(row.payments)))
        captures[at] = captures.get(at, 0) + row.captures
    return tuple(
        Payers(
            gateway=gateway,
            currency=currency,
            captures=captures[gateway, currency],
            payments=_spelled(b"".join(payments[gateway, currency])),
        )
        for gateway, currency in sorted(payments)
    )


def _spelled(digests: bytes) -> str:
    return base64.b64encode(digests).decode()


Row = TypeVar("Row", Moved, Captured, Failed, Undescribed)


def _summed(rows: Iterable[Row], *sums: str) -> tuple[Row, ...]:
    """Add rows that differ in nothing but their sums, in the order of their names."""
    found: dict[tuple[str, ...], Row] = {}
    for row in rows:
        fields: Mapping[str, Any] = row.__dict__
        at = tuple(str(fields[name]) for name in fields if name not in sums)
        if at in found:
            known = found[at].__dict__
            row = row.model_copy(update={name: known[name] + fields[name] for name in sums})
        found[at] = row
    return tuple(found[at] for at in sorted(found))
