"""What the screens of invoices show: ageing, one document, and its reminders."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from kassa.billing.invoices.view import InvoiceView
from kassa.billing.receivables.ageing import Age, Ageing, OpenItem
from kassa.billing.reminders.facts import Channel, Tone
from kassa.console.pages.payments.listed import amount_of, path_of
from kassa.core.money import Money
from kassa.reports.localization import Texts


class Decided(Protocol):
    """A reminder as it was decided, as far as a page shows it."""

    @property
    def decided_at(self) -> datetime: ...
    @property
    def channel(self) -> Channel: ...
    @property
    def tone(self) -> Tone: ...


class Kept(Protocol):
    """A reminder that is kept."""

    @property
    def reminder(self) -> Decided: ...


class PauseNote(Protocol):
    """Why reminders are paused."""

    @property
    def reason(self) -> str: ...
    @property
    def by(self) -> str: ...
    @property
    def at(self) -> datetime: ...


class Planned(Protocol):
    """A reminder that is to come, with its text as it will be sent."""

    @property
    def on(self) -> date: ...
    @property
    def channel(self) -> Channel: ...
    @property
    def tone(self) -> Tone: ...
    @property
    def amounts(self) -> tuple[Money, ...]: ...
    @property
    def subject(self) -> str | None: ...
    @property
    def text(self) -> str | None: ...
    @property
    def not_sent_because(self) -> str | None: ...


class RemindersRead(NamedTuple):
    """What was read of an invoice's reminders."""

    sent: tuple[Kept, ...]
    planned: Planned | None
    held: str | None  # why nobody is reminded today
    paused_until: date | None
    customer_paused_until: date | None
    notes: tuple[PauseNote, ...] = ()  # why and by whom, of the pauses that are named
    names: Mapping[str, str] = MappingProxyType({})  # of persons, by their ids


def owed(items: Iterable[OpenItem], ageing: Iterable[Ageing], texts: Texts) -> dict[str, Any]:
    """Return the rows of what is owed, and its ageing by currency."""
    return {
        "rows": [_owed(one, texts) for one in items],
        "ageing": [
            {
                "currency": one.currency,
                "open": texts.money(one.open_minor, one.currency),
                "ages": [(age.value, texts.money(one.minor_of(age), one.currency)) for age in Age],
                "credit": texts.money(one.credit_minor, one.currency) if one.credit_minor else "",
            }
            for one in ageing
        ],
    }


def issued(one: InvoiceView, texts: Texts) -> dict[str, Any]:
    """Return a document as the list of all shows it."""
    return {
        "number": one.number,
        "amount": amount_of(one.total, texts),
        "customer": one.customer_id or "",
        "order": one.order_id or "",
        "when": texts.short_day(one.issued_on),
        "state": one.state.value,
        "late": 0,
        "promised": "",
    }


def shown(one: InvoiceView, texts: Texts, zone: ZoneInfo) -> dict[str, Any]:
    """Return what a document's page is filled in with."""
    currency = one.total.currency
    is_paid = one.gateway and one.account and one.payment_id
    return {
        **issued(one, texts),
        "open": texts.money(one.open_minor, currency) if one.open_minor else "",
        "days": [
            (name, texts.short_day(day))
            for name in ("issued_on", "due_on", "promised_on", "paid_on")
            if (day := getattr(one, name))
        ],
        "payment": path_of(str(one.gateway), str(one.account), str(one.payment_id))
        if is_paid
        else "",
        "payment_url": one.payment_url or "",
        "links": [
            (form, url)
            for form, url in (("PDF", one.document_url), ("XML", one.einvoice_url))
            if url
        ],
        "credit_notes": one.credit_notes,
        "preceding": one.preceding or "",
        "taxes": [
            (texts.percent(Decimal(tax.rate)), texts.money(tax.tax_minor, currency))
            for tax in one.taxes
        ],
        "lines": [(line.description, amount_of(line.amount, texts)) for line in one.lines],
        "entries": [
            {
                "at": texts.instant(each.at.astimezone(zone)),
                "kind": each.kind.value,
                "amount": amount_of(each.amount, texts),
                "credit_note": each.credit_note or "",
            }
            for each in one.entries
        ],
    }


def reminders(read: RemindersRead, texts: Texts, zone: ZoneInfo) -> dict[str, Any]:
    """Return what was sent of an invoice, what is to come, and until when nothing is."""
    planned, until = read.planned, (read.paused_until, read.customer_paused_until)
    return {
        "sent": [
            {
                "at": texts.instant(one.reminder.decided_at.astimezone(zone)),
                "channel": one.reminder.channel,
                "tone": one.reminder.tone,
            }
            for one in read.sent
        ],
        "planned": planned
        and {
            "on": texts.day(planned.on),
            "channel": planned.channel,
            "tone": planned.tone,
            "amounts": ", ".join(amount_of(one, texts) for one in planned.amounts),
            "subject": planned.subject or "",
            "text": planned.text or "",
            "not_sent": planned.not_sent_because or "",
        },
        "held": read.held or "",
        "notes": [
            {
                "reason": one.reason,
                "by": read.names.get(one.by) or texts.name("actors", one.by),
                "at": texts.instant(one.at.astimezone(zone)),
            }
            for one in read.notes
        ],
        "paused": [texts.short_day(day) if day else "" for day in until],
    }


def _owed(one: OpenItem, texts: Texts) -> dict[str, Any]:
    return {
        "number": one.number,
        "amount": texts.money(one.open_minor, one.currency),
        "customer": one.customer_id or "",
        "order": one.order_id or "",
        "when": texts.short_day(one.due_on),
        "state": one.age.value,
        "late": one.days_past_due,
        "promised": texts.short_day(one.promised_on) if one.promised_on else "",
    }
