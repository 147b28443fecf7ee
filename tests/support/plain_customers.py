"""What there is to say of customers, worked out once more: plain Python over facts, one by one."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from kassa.fact_catalog import AnyFact

SIGNS = {
    "capture": 1,
    "capture_reversal": -1,
    "refund": -1,
    "refund_reversal": 1,
    "chargeback": -1,
    "chargeback_reversal": 1,
    "fee": -1,
}


class Moved(NamedTuple):
    """What one fact moved of a customer's."""

    on: date
    net_minor: int
    is_payment: bool


class PlainCustomers:
    """Customers of one currency, as of a day."""

    def __init__(self, facts: Iterable[AnyFact], currency: str, zone: str, as_of: date) -> None:
        """Each fact counts once; whoever was erased is nobody."""
        self.as_of, self.zone = as_of, ZoneInfo(zone)
        once = {one.metadata.fact_id: one for one in facts}.values()
        erased = {one.metadata.subject_id for one in once if one.data.fact == "CustomerErased"}
        every: dict[str | None, list[Moved]] = defaultdict(list)
        for one in once:
            customer = getattr(one.data, "customer_id", None)
            every[None if customer in erased else customer] += self._moved(one, currency)
        self.nobody_minor = sum(one.net_minor for one in every.pop(None, []))
        self.people = {
            name: moved for name, moved in every.items() if any(one.is_payment for one in moved)
        }
        rest = [one for name, moved in every.items() if name not in self.people for one in moved]
        self.nobody_minor += sum(one.net_minor for one in rest)

    def _moved(self, one: AnyFact, currency: str) -> list[Moved]:
        day = one.metadata.booked_at.astimezone(self.zone).date()
        net = sum(
            SIGNS.get(posting.kind.value, 0) * posting.amount.amount_minor
            for posting in one.data.postings
            if posting.amount.currency == currency
        )
        is_payment = one.data.fact == "PaymentCaptured" and one.data.amount.currency == currency
        return [Moved(day, net, is_payment)] if net or is_payment else []

    def paid_on(self, name: str) -> list[date]:
        """Return the days on which a customer paid, in order, each as often as they did."""
        return sorted(one.on for one in self.people[name] if one.is_payment)

    def cohorts(self) -> dict[tuple[date, int], tuple[int, int]]:
        """Return who paid and what was left, by the first month and the months after it."""
        found: dict[tuple[date, int], tuple[set[str], int]] = {}
        for name, moved in self.people.items():
            first = self.paid_on(name)[0].replace(day=1)
            for one in moved:
                age = (one.on.year - first.year) * 12 + one.on.month - first.month
                who, net = found.get((first, age), (set(), 0))
                found[first, age] = who | ({name} if one.is_payment else set()), net + one.net_minor
        return {key: (len(who), net) for key, (who, net) in found.items()}

    def year(self, name: str) -> tuple[int, int]:
        """Return how often a customer paid, and what was left, in twelve calendar months."""
        months = self.as_of.year * 12 + self.as_of.month - 12
        since = date(months // 12, months % 12 + 1, 1)
        moved = [one for one in self.people[name] if one.on >= since]
        return sum(one.is_payment for one in moved), sum(one.net_minor for one in moved)

    def scores(self) -> dict[str, tuple[int, int]]:
        """Return recency and frequency of each customer, from one to five."""
        days = {name: (self.as_of - self.paid_on(name)[-1]).days for name in self.people}
        times = {name: self.year(name)[0] for name in self.people}
        day_cuts, time_cuts = fifths(days.values()), fifths(times.values())
        return {
            name: (
                5 - sum(days[name] > cut for cut in day_cuts),
                1 + sum(times[name] > cut for cut in time_cuts),
            )
            for name in self.people
        }

    def risks(self) -> dict[str, str]:
        """Return how silent each regular customer is."""
        found = {}
        for name in self.people:
            days = sorted(set(self.paid_on(name)))
            if len(days) >= 3:
                gap = max((days[-1] - days[0]).days / (len(days) - 1), 7)
                silent = (self.as_of - days[-1]).days
                steps = ((1.5, "calm"), (2.5, "late"), (5, "at_risk"))
                found[name] = next((risk for n, risk in steps if silent < n * gap), "gone")
        return found


def fifths(values: Iterable[int]) -> list[int]:
    """Return the last of each of the first four fifths, by nearest rank."""
    ordered: list[Any] = sorted(values)
    return [ordered[max(-(-len(ordered) * n // 5) - 1, 0)] for n in range(1, 5)]
