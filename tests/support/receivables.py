"""Invoices and what happened to them, as hypothesis draws it and as tests spell it."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.numbering.record import Entry as NumberEntry
from kassa.billing.receivables.receivable import Entry, EntryKind, Receivable
from kassa.billing.statements.account import Invoiced

K = EntryKind
FIRST = date(2026, 1, 1)
CURRENCIES = ("JPY", "EUR", "KWD")  # of 0, 2 and 3 digits
ZONES = ("UTC", "Europe/Helsinki", "America/Los_Angeles", "Pacific/Kiritimati")


def local_day(zone: str, at: datetime) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


def in_utc(at: datetime) -> date:
    return at.astimezone(UTC).date()


def at_noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def entered(kind: EntryKind, minor: int, on: date, source: str = "", **fields: object) -> Entry:
    """Return an entry of noon, UTC."""
    known = {"kind": kind, "source_id": source or f"{kind}:{on}", "minor": minor}
    return Entry.model_validate(known | {"at": at_noon(on)} | fields)


def invoiced(number: int, *entries: Entry, issued_on: date = FIRST, **fields: object) -> Invoiced:
    """Return an invoice, what happened to it, and when it is due."""
    issued = next(one for one in entries if one.kind is K.ISSUED)
    known = {"currency": "EUR"} | fields
    of = NumberEntry(
        kind=DocumentKind.INVOICE,
        source_id=f"s{number}",
        currency=str(known["currency"]),
        gross_minor=issued.minor,
        customer_id="customer-1",
        order_id=f"order-{number}",
        merchant_id="main",
        series=str(issued_on.year),
        number=number,
        issued_on=issued_on,
    )
    return Invoiced(of, Receivable.model_validate(known).with_entries(entries))


@st.composite
def histories(draw: st.DrawFn, zone: str, number: int = 1) -> Invoiced:
    """Draw an invoice of 2026 and what happened to it, each thing later than the one before."""
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=draw(st.integers(0, 400_000)))
    issued_on, gross = local_day(zone, at), draw(st.integers(1, 10**9))
    entries = [Entry(kind=K.ISSUED, source_id="issue", minor=gross, at=at)]
    for source in range(draw(st.integers(0, 6))):
        kind = draw(st.sampled_from(sorted(set(K) - {K.ISSUED})))
        minor = gross if kind is K.VOIDED else draw(st.integers(0, 2 * gross) | st.just(gross))
        at += timedelta(minutes=draw(st.integers(0, 60_000)))
        note = "CN-2026-00000001" if kind is K.CREDITED and draw(st.booleans()) else None
        entries.append(Entry(kind=kind, source_id=f"s{source}", minor=minor, at=at, number=note))
    return invoiced(
        number,
        *entries,
        issued_on=issued_on,
        currency=draw(st.sampled_from(CURRENCIES)),
        due_on=draw(st.none() | st.integers(0, 90).map(lambda days: issued_on + timedelta(days))),
        tolerance_minor=draw(st.sampled_from([0, 50])),
    )


@st.composite
def books(draw: st.DrawFn) -> tuple[str, list[Invoiced]]:
    """Draw a merchant's time zone and some invoices."""
    zone = draw(st.sampled_from(ZONES))
    return zone, [draw(histories(zone, number)) for number in range(1, draw(st.integers(2, 5)))]


DAYS = st.integers(-2, 1000).map(lambda days: FIRST + timedelta(days))
