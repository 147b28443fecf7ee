"""Who buys, when and what: rhythm of day and week, seasons, regulars and subscriptions."""

import random
from collections import deque
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tests.support.golden_shop.accounts import ACCOUNTS, STRIPE, GatewayAccount, Means
from tests.support.golden_shop.made_facts import money
from tests.support.golden_shop.payments import Sale

# Of a local day's payments, by hour; of a week's, by weekday from Monday.
HOURS = (
    1,
    0.3,
    0.15,
    0.1,
    0.15,
    0.4,
    1.2,
    2.5,
    4,
    5,
    5.5,
    6,
    6.5,
    5.5,
    5,
    5,
    5.5,
    6,
    7.5,
    9,
    9.5,
    8,
    5,
    2.5,
)
WEEKDAYS = (1.05, 1.0, 0.95, 1.0, 1.15, 1.05, 0.8)
MONTHS = (0.9, 0.9, 0.95, 1.0, 1.0, 1.0, 0.95, 0.9, 1.0, 1.0, 1.1, 1.25)
PRICES = {  # in minor units; a basket is one to three of them
    "EUR": (9_90, 14_90, 19_90, 24_90, 29_00, 34_50, 39_90, 49_00, 59_90),
    "USD": (12_99, 19_99, 24_99, 29_99, 39_99, 59_00),
    "JPY": (980, 1_480, 1_980, 2_980, 3_980, 5_500),
    "KWD": (3_250, 4_500, 6_750, 9_900, 12_500),
}
COUNTRIES = {
    "EUR": ("DE", "FR", "NL", "AT", "ES"),
    "USD": ("US", "CA"),
    "JPY": ("JP",),
    "KWD": ("KW",),
}
PLANS = (9_99, 19_99, 49_00)  # a month
RETURNING = 0.35
ACTIVE = 2_000  # customers who may come back
SALE_FACTOR = 4.0


class Customer(NamedTuple):
    """Someone who pays at one account, always by the same means."""

    customer_id: str
    by: GatewayAccount
    means: Means
    currency: str
    country: str


class Regular(NamedTuple):
    """Someone who buys much the same every other week, or pays a plan every month."""

    customer: Customer
    minor: int
    begins_on: date
    ends_on: date
    every: int  # days; 0: monthly, on the day of `begins_on`

    def is_due(self, day: date) -> bool:
        """Tell whether they buy on a day."""
        if not self.begins_on <= day < self.ends_on:
            return False
        if self.every:
            return (day - self.begins_on).days % self.every == 0
        return day.day == min(self.begins_on.day, 28)


class Customers:
    """Draws a day's sales."""

    def __init__(self, chance: random.Random, zone: str, a_day: float, begins_on: date) -> None:
        self._chance, self._zone, self._a_day = chance, ZoneInfo(zone), a_day
        self._begins_on, self._count, self._sold = begins_on, 0, 0
        self._active: deque[tuple[Customer, date]] = deque(maxlen=ACTIVE)
        self.regulars = [self._regular(begins_on, 14) for _ in range(max(12, round(a_day / 8)))]
        self._plans = [self._regular(begins_on, 0) for _ in range(max(6, round(a_day * 0.8)))]

    def sales(self, day: date, is_sale_day: bool = False) -> Iterator[Sale]:
        """Yield a local day's sales, in no order."""
        for regular in (*self.regulars, *self._plans):
            if regular.is_due(day):
                yield self._of_regular(regular, day)
        grown = 1 + 0.25 * (day - self._begins_on).days / 365
        expected = self._a_day * 0.85 * WEEKDAYS[day.weekday()] * MONTHS[day.month - 1] * grown
        expected *= SALE_FACTOR if is_sale_day else 1
        count = max(0, round(self._chance.gauss(expected, expected**0.5)))
        for _ in range(count):
            yield self.sale(self.at(day), self._who(day))

    def sale(self, at: datetime, who: Customer, minor: int | None = None, **more: object) -> Sale:
        """Return a sale of so much, or of a basket, to someone."""
        self._sold += 1
        if minor is None:
            prices = PRICES[who.currency]
            minor = sum(
                self._chance.choice(prices) for _ in range(self._chance.choice((1, 1, 2, 3)))
            )
        named = {"payment_id": f"{who.by.gateway[:2]}_{who.by.account[0]}{self._sold:07}",
                 "order_id": f"order-{self._sold:07}"}  # fmt: skip
        return Sale(at=at, by=who.by, means=who.means, amount=money(minor, who.currency),
                    customer_id=who.customer_id, country=who.country, **(named | more))  # fmt: skip

    def new(self, by: GatewayAccount | None = None, brand: str | None = None) -> Customer:
        """Return someone who never bought before."""
        chance = self._chance
        self._count += 1
        by = by or chance.choices(ACCOUNTS, [one.weight for one in ACCOUNTS])[0]
        means = [one for one in by.means if brand in (None, one.brand)]
        currency = chance.choices(*zip(*by.currencies, strict=True))[0]
        return Customer(
            f"cus_{self._count:07}",
            by,
            chance.choices(means, [one.weight for one in means])[0],
            currency,
            chance.choice(COUNTRIES[currency]),
        )

    def at(self, day: date, hour: int | None = None) -> datetime:
        """Draw an instant of a local day; of an hour that comes twice, either of the two."""
        chance = self._chance
        if hour is None:
            hour = chance.choices(range(24), HOURS)[0]
        clock = time(hour, chance.randrange(60), chance.randrange(60), fold=chance.randrange(2))
        at = datetime.combine(day, clock, self._zone).astimezone(UTC)
        return at + timedelta(milliseconds=chance.randrange(1000))

    def _who(self, day: date) -> Customer:
        """Return someone who was here some days ago, or someone new."""
        if self._active and self._chance.random() < RETURNING:
            place = self._chance.randrange(len(self._active))
            known, last = self._active[place]
            if (day - last).days >= 3:
                self._active[place] = (known, day)
                return known
        made = self.new()
        self._active.append((made, day))
        if self._chance.random() < 0.02:
            self._plans.append(self._regular(day, 0))
        return made

    def _regular(self, day: date, every: int) -> Regular:
        chance = self._chance
        months = 12 if every else chance.choice((2, 4, 8, 12))
        who = self.new(STRIPE, chance.choice(("visa", "mastercard")))._replace(currency="EUR")
        begins_on = day + timedelta(days=chance.randrange(every or 28))
        minor = chance.choice(PRICES["EUR"]) if every else chance.choice(PLANS)
        return Regular(who, minor, begins_on, begins_on + timedelta(days=30 * months + 5), every)

    def _of_regular(self, regular: Regular, day: date) -> Sale:
        if regular.every:
            minor = round(regular.minor * self._chance.uniform(0.9, 1.1))
            return self.sale(self.at(day, self._chance.randint(17, 20)), regular.customer, minor)
        at = self.at(day, 9)
        order_id = f"plan-{regular.customer.customer_id}-{day:%Y-%m}"
        return self.sale(at, regular.customer, regular.minor, order_id=order_id, is_recurring=True)
