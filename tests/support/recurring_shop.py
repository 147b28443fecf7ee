"""Subscriptions for tests: facts of agreements, and what recurs worked out from them once more.

The second way reads facts one by one in plain Python and knows nothing of files or queries.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from kassa.core.postings import PostingKind as K
from kassa.fact_catalog import AnyFact
from tests.support.facts import captured, fact, moved

ZONE = "Europe/Helsinki"
A_YEAR = {"P1W": 52, "P1M": 12, "P": 12, "P3M": 4, "P6M": 2, "P1Y": 1}
NEXT = {
    "P1W": relativedelta(weeks=1),
    "P1M": relativedelta(months=1),
    "P": relativedelta(months=1),
    "P3M": relativedelta(months=3),
    "P6M": relativedelta(months=6),
    "P1Y": relativedelta(years=1),
}


class Agreement(NamedTuple):
    """Whose payments an agreement collects, and how often."""

    customer_id: str | None = "cus_1"
    agreement_id: str | None = "sub_1"
    recurring: str | None = "P1M"
    currency: str = "EUR"


MONTHLY = Agreement()


def at(day: date, hour: int = 12) -> datetime:
    """Return an instant of a local day."""
    return datetime.combine(day, time(hour), ZoneInfo(ZONE)).astimezone(ZoneInfo("UTC"))


def paid(
    payment_id: str,
    day: date,
    minor: int,
    by: Agreement = MONTHLY,
    hour: int = 12,
    recurring_minor: int | None = None,
) -> AnyFact:
    """Return a capture that an agreement collected."""
    fields = _fields(by) | {"recurring_minor": recurring_minor}
    return captured(payment_id, at(day, hour), (minor, by.currency), **fields)


def taken_back(payment_id: str, day: date, minor: int, by: Agreement = MONTHLY) -> AnyFact:
    """Return that a bank took a payment back."""
    money = (minor, by.currency)
    return moved(
        "PaymentReversed", payment_id, at(day), money, K.CAPTURE_REVERSAL,
        object_id=f"ch_{payment_id}", **_fields(by),
    )  # fmt: skip


def marked(
    payment_id: str, day: date, minor: int, by: Agreement, before: Agreement = MONTHLY
) -> AnyFact:
    """Return that a payment became known as an agreement's, which was another's or nobody's."""
    was = {"was_recurring": before.recurring, "was_agreement_id": before.agreement_id}
    return fact("PaymentMarkedRecurring", payment_id, at(day), (minor, by.currency), postings=[],
                **_fields(by), **was)  # fmt: skip


def _fields(by: Agreement) -> dict[str, Any]:
    return {name: getattr(by, name) for name in ("customer_id", "agreement_id", "recurring")}


class Happened(NamedTuple):
    """That a payment was collected, or undone."""

    day: date
    is_paid: bool
    minor: int
    recurring: str


Key = tuple[str, str, str]  # customer, currency, agreement


class SecondWay:
    """What recurs on any day, from facts alone."""

    def __init__(self, facts: Iterable[AnyFact], zone: str = ZONE) -> None:
        """Each fact counts once; `paid` holds what happened to each payment of an agreement."""
        self._zone = ZoneInfo(zone)
        self.paid: dict[Key, dict[str, list[Happened]]] = defaultdict(lambda: defaultdict(list))
        once = {one.metadata.fact_id: one for one in facts}
        for one in once.values():
            self._add(one, one.data.model_dump())
        named = {key[:2] for key in self.paid if key[2]}
        for key in [key for key in self.paid if not key[2] and key[:2] in named]:
            del self.paid[key]  # what a change of plan cost

    def _add(self, one: AnyFact, data: dict[str, Any]) -> None:
        day = one.metadata.booked_at.astimezone(self._zone).date()
        for prefix, is_paid in (("", data["fact"] != "PaymentReversed"), ("was_", False)):
            recurring, agreement = data.get(f"{prefix}recurring"), data.get(f"{prefix}agreement_id")
            place = f"{one.metadata.gateway}#{one.metadata.account}#"
            customer = data.get("customer_id") or (agreement and place + agreement)
            if recurring is None or customer is None:
                continue
            key = customer, one.data.amount.currency, agreement or ""
            minor = data.get("recurring_minor") or one.data.amount.amount_minor
            happened = Happened(day, is_paid, minor, recurring)
            self.paid[key][one.metadata.subject_id].append(happened)

    def year_minor(self, key: Key, closing: date) -> int:
        """Return what an agreement comes to in a year, on a day."""
        standing: list[Happened] = []
        for payment in self.paid[key].values():
            known = [one for one in payment if one.day <= closing]
            paid = [one for one in known if one.is_paid]
            if 2 * len(paid) > len(known):
                standing.append(max(paid))
        if not standing:
            return 0
        last = max(one.day for one in standing)
        newest = [one for one in standing if one.day == last]
        interval = max(one.recurring for one in newest)
        if last + NEXT[interval] + timedelta(days=7) < closing:
            return 0
        return max(one.minor for one in newest) * A_YEAR[interval]

    def customers(self, currency: str, closing: date) -> dict[str, int]:
        """Return what each customer's agreements come to in a year, where they come to anything."""
        found: dict[str, int] = defaultdict(int)
        for key in self.paid:
            if key[1] == currency and (minor := self.year_minor(key, closing)):
                found[key[0]] += minor
        return dict(found)

    def movements(self, currency: str, opens_on: date, closing: date) -> dict[str, int]:
        """Return what moved, in a year's minor units, by what it is called."""
        before, after = self.customers(currency, opens_on), self.customers(currency, closing)
        found: dict[str, int] = defaultdict(int)
        for customer in sorted({*before, *after}):
            was, now = before.get(customer, 0), after.get(customer, 0)
            first = min(
                one.day
                for key, payments in self.paid.items()
                if key[:2] == (customer, currency)
                for happened in payments.values()
                for one in happened
                if one.is_paid and sum(1 if other.is_paid else -1 for other in happened
                                       if other.day == one.day) > 0
            )  # fmt: skip
            if was == 0:
                name = "new" if first > opens_on else "reactivation"
            elif now == 0:
                name = "churn"
            else:
                name = "expansion" if now > was else "contraction"
            found[name] += now - was
        return {name: minor for name, minor in found.items() if minor}
