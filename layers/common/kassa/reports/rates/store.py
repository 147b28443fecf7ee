"""What is entered for reports, in the table: each version that was ever saved; the newest rules."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from kassa.audit import store as audit_trail
from kassa.audit.trail import Act, Actor
from kassa.core import stored
from kassa.platform import table
from kassa.reports.rates import keys
from kassa.reports.rates.rates import (
    AGE_MAX,
    DayRates,
    MonthRates,
    Quote,
    months_of,
    quotes_on,
)


class SavedRates:
    """One merchant's exchange rates, month by month."""

    def __init__(self, merchant_id: str) -> None:
        self._merchant_id = merchant_id

    def month(self, month: str) -> MonthRates:
        """Return a month's rates as saved last; version 0 without any."""
        found = table.newest(keys.month_rates(self._merchant_id, month, 0).PK)
        return stored.read_text(MonthRates, found["document"]) if found else MonthRates(month=month)

    def add(self, days: Iterable[DayRates], by: Actor) -> int:
        """Save what isn't known yet; return how many months got a version more.

        Raises StaleWrite when another took a month's next version; what came before stays.
        """
        count = 0
        for month, new in sorted(months_of(tuple(days)).items()):
            known = self.month(month)
            more = known.with_days(new)
            if more.version != known.version:
                self._save(more, by)
                count += 1
        return count

    def on(self, day: date) -> dict[str, Quote]:
        """Return each currency's last rate on or shortly before a day."""
        months = {f"{each:%Y-%m}" for each in (day - AGE_MAX, day)}
        return quotes_on((one for name in sorted(months) for one in self.month(name).days), day)

    def _save(self, rates: MonthRates, by: Actor) -> None:
        key = keys.month_rates(self._merchant_id, rates.month, rates.version)
        act = Act(
            operation="exchange_rates.save",
            object_id=f"exchange_rates/{self._merchant_id}/{rates.month}",
            by=by,
            before=str(rates.version - 1) if rates.version > 1 else None,
            after=str(rates.version),
        )
        item = {"version": rates.version, "document": stored.text(rates)}
        audit_trail.save_version([_put(key._asdict() | item)], act, "the rates")


def language(merchant_id: str) -> str | None:
    """Return the language reports are written in as saved last; none where nobody did."""
    found = table.newest(keys.language(merchant_id, 0).PK)
    return str(found["language"]) if found else None


def save_language(merchant_id: str, chosen: str, by: Actor) -> None:
    """Let the reports that are closed from now on be written in a language."""
    found = table.newest(keys.language(merchant_id, 0).PK)
    version = int(found["version"]) + 1 if found else 1
    act = Act(
        operation="report_language.save",
        object_id=f"report_language/{merchant_id}",
        by=by,
        before=str(found["language"]) if found else None,
        after=chosen,
    )
    item = {"version": version, "language": chosen}
    own = _put(keys.language(merchant_id, version)._asdict() | item)
    audit_trail.save_version([own], act, "the language")


def _put(item: dict[str, Any]) -> dict[str, Any]:
    return {"Put": table.putting(item)}
