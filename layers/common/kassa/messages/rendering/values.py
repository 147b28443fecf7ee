"""The parameters of a message as its reader writes them: amounts, days, times of day."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from kassa.billing.typeset.texts import NO_BREAK, Wording
from kassa.core.money import Money
from kassa.messages.templates.brand import Brand
from kassa.messages.templates.params import OpenInvoices, Params, PaymentFailed
from kassa.messages.templates.sandbox import Value
from kassa.messages.templates.texts import language_of, texts_of


class Written:
    """How one reader writes what isn't words, in a language and a time zone; briefly in a text."""

    def __init__(self, tag: str, brand: Brand, *, is_brief: bool = False) -> None:
        self.language = language_of(tag)
        self.texts = texts_of(self.language)
        self._wording = _wording(tag, brand.local_years)
        self._zone = ZoneInfo(brand.time_zone)
        self._is_brief = is_brief

    def money(self, amount: Money) -> str:
        """Return an amount with its currency."""
        return self._wording.locale.money(amount.amount_minor, amount.currency)

    def day(self, day: date) -> str:
        """Return a day, written out unless it must be brief; it is never parted between lines."""
        if self._is_brief:
            return self._wording.locale.date(day, self.texts["brief_dates"])
        return self._wording.date(day)[0].replace(" ", NO_BREAK)

    def short_day(self, day: date) -> str:
        """Return a day as it stands in a table."""
        return self._wording.short_date(day)[0]

    def moment(self, at: datetime) -> str:
        """Return a day and a time of day, with how far its clocks are from UTC."""
        here = at.astimezone(self._zone)
        time = self._wording.locale.time(here.replace(tzinfo=None))
        whole = f"{time} ({_offset(here)})".replace(" ", NO_BREAK)
        return str(self.texts["moment"]).format(date=self.day(here.date()), time=whole)

    def value(self, value: object) -> Value:
        """Return what a placeholder of this value says."""
        match value:
            case Money():
                return self.money(value)
            case datetime():
                return self.moment(value)
            case date():
                return self.day(value)
            case str() | bool() | int():
                return value
            case tuple():
                return str(self.texts["separator"]).join(str(self.value(one)) for one in value)
            case _:
                return None

    def values(self, params: Params, brand: Brand) -> dict[str, Value]:
        """Return every placeholder of a message with what it says."""
        own = ((name, getattr(params, name)) for name in type(params).model_fields)
        found = {name: self.value(one) for name, one in own if not _is_table(name)}
        return {**found, **self._more(params), "seller": brand.name}

    def _more(self, params: Params) -> Mapping[str, Value]:
        if isinstance(params, OpenInvoices):
            total = " + ".join(map(self.money, params.totals))
            due_on = min(one.due_on for one in params.invoices)
            return {
                "count": len(params.invoices),
                "total": total,
                "first_number": params.invoices[0].number,
                "first_due_on": self.day(due_on),
            }
        if isinstance(params, PaymentFailed):
            return {"advice": self._advice(params)}
        return {}

    def _advice(self, params: PaymentFailed) -> str:
        """Return what can be done: by the reason where it may be said, else by the action.

        That a card was reported lost or stolen is never said to whoever holds it.
        """
        known = self.texts["advice"]
        return str(known.get(params.reason.value) or known[params.action.value])


def placeholders(params: type[Params]) -> frozenset[str]:
    """Return what the texts of a message may name."""
    found = {name for name in params.model_fields if not _is_table(name)} | {"seller"}
    if issubclass(params, OpenInvoices):
        found |= {"count", "total", "first_number", "first_due_on"}
    if issubclass(params, PaymentFailed):
        found |= {"advice"}
    return frozenset(found)


def _is_table(name: str) -> bool:
    return name in ("invoices", "bank_accounts", "unsubscribe_link")


@lru_cache(64)
def _wording(tag: str, local_years: bool) -> Wording:
    return Wording([tag], local_years=local_years)


def _offset(at: datetime) -> str:
    """Return how far a place's clocks are from UTC: UTC, UTC+2, UTC+5:30."""
    minutes = round((at.utcoffset() or timedelta()).total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    if not minutes:
        return "UTC"
    return f"UTC{'−' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")
