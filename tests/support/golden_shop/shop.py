"""The golden shop: a year of facts by seed, in the order of booking (the package says more)."""

import heapq
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from kassa.core.postings import Account, PostingKind, posting_between
from kassa.fact_catalog import AnyFact
from kassa.gateways.events import Movement
from kassa.ledger.facts import BalanceTransactionBooked, PayoutFailed
from tests.support.golden_shop.accounts import ACCOUNTS, STRIPE, Contract, Contracts, contracts
from tests.support.golden_shop.anomalies import PLAIN, Anomalies, sale_day
from tests.support.golden_shop.arrivals import Arrival, arrivals
from tests.support.golden_shop.customers import Customers
from tests.support.golden_shop.invoices import Invoices
from tests.support.golden_shop.lifecycles import Fate, Lifecycle
from tests.support.golden_shop.made_facts import Subject, money
from tests.support.golden_shop.payments import Sale
from tests.support.golden_shop.planted import Planted
from tests.support.golden_shop.troubles import Troubles

K = PostingKind
DAY = timedelta(days=1)
SALE_DAY, CONTRACT_CHANGES, UNPAID = 27, 240, (75, 105, 140, 190, 220, 250)  # days of the shop
ACCOUNT_FEE_MINOR, RESERVE_MINOR = 10_00, 150_00


class Setting(NamedTuple):
    """Which shop: how large, where, from when on, and which of all possible ones."""

    payments: int = 3_000  # a year, about
    seed: int = 1
    time_zone: str = "Europe/Berlin"
    first_day: date = date(2025, 11, 1)
    days: int = 365


class GoldenShop(NamedTuple):
    """A whole shop."""

    setting: Setting
    facts: tuple[AnyFact, ...]  # in the order of booking
    planted: tuple[Planted, ...]  # in the order of their first events
    contracts: tuple[Contract, ...]

    def arrivals(self, hours: int = 6) -> Iterator[Arrival]:
        """Yield what reaches the archive at which instant, in that order; see `Arrival`."""
        return arrivals(self.facts, random.Random(self.setting.seed), hours)


def golden_shop(
    payments: int = 3_000,
    seed: int = 1,
    time_zone: str = "Europe/Berlin",
    first_day: date = date(2025, 11, 1),
    days: int = 365,
) -> GoldenShop:
    """Return the shop of a seed; the same arguments give the same facts."""
    setting = Setting(payments, seed, time_zone, first_day, days)
    year = _Year(setting)
    facts = tuple(year.facts())
    return GoldenShop(setting, facts, year.planted(), year.contracts)


def stream(setting: Setting) -> Iterator[AnyFact]:
    """Yield a shop's facts in the order of booking, keeping only those that are still to come."""
    return _Year(setting).facts()


class _Year:
    """Makes the days one after the other; what a day brings later waits in a heap."""

    def __init__(self, setting: Setting) -> None:
        chance, a_day = random.Random(setting.seed), setting.payments / 365
        self._setting, self._chance, self._zone = setting, chance, ZoneInfo(setting.time_zone)
        first_day, self._a_day = setting.first_day, a_day
        self.contracts = contracts(first_day - DAY, first_day + CONTRACT_CHANGES * DAY)
        self._troubles = Troubles(chance, self._midnight(0), a_day)
        lifecycle = Lifecycle(chance, Contracts(self.contracts), self._troubles.booked_at)
        self._customers = Customers(chance, setting.time_zone, a_day, first_day)
        self._anomalies = Anomalies(chance, self._customers, lifecycle, a_day)
        self._invoices = Invoices(chance, self._customers, lifecycle)
        self._lifecycle, self._count, self._heap = (
            lifecycle,
            0,
            list[tuple[datetime, int, AnyFact]](),
        )
        self._balances: Counter[tuple[str, str, str]] = Counter()

    def facts(self) -> Iterator[AnyFact]:
        """Yield all facts that are booked within the shop's days."""
        self._push(_opening(self._midnight(0)))
        for number in range(self._setting.days):
            self._push(self._of_day(number))
            yield from self._until(self._midnight(number + 1))
            self._push(self._payouts(number))

    def planted(self) -> tuple[Planted, ...]:
        """Return what was planted within the shop's days, once all its facts were made."""
        sale = sale_day(self._midnight(SALE_DAY), self._midnight(SALE_DAY + 1))
        found = [*self._anomalies.noted, *self._invoices.noted, *self._troubles.planted(), sale]
        ends_at = self._midnight(self._setting.days)
        return tuple(sorted(one for one in found if one.begins_at < ends_at))

    def _midnight(self, number: int) -> datetime:
        day = self._setting.first_day + number * DAY
        return datetime.combine(day, time.min, self._zone).astimezone(UTC)

    def _push(self, facts: Iterable[AnyFact]) -> None:
        for fact in facts:
            self._count += 1
            heapq.heappush(self._heap, (fact.metadata.booked_at, self._count, fact))

    def _until(self, ends_at: datetime) -> Iterator[AnyFact]:
        while self._heap and self._heap[0][0] < ends_at:
            _, _, fact = heapq.heappop(self._heap)
            self._into_balance(fact)
            yield fact

    def _of_day(self, number: int) -> Iterator[AnyFact]:
        day, chance = self._setting.first_day + number * DAY, self._chance
        for sale in self._customers.sales(day, is_sale_day=number == SALE_DAY):
            if not self._troubles.is_lost(sale):
                yield from self._paid(sale)
        yield from self._at_midnight(number)
        yield from self._anomalies.of_day(number, day)
        for _ in range((number in UNPAID) + (chance.random() < self._a_day * 0.02)):
            is_paid = number not in UNPAID
            yield from self._invoices.issued(self._customers.at(day, 10), is_paid)
        if day.day == 1:
            yield from self._monthly(number)

    def _paid(self, sale: Sale) -> list[AnyFact]:
        sale, met = self._troubles.met(sale, Fate())
        facts = self._lifecycle.payment(sale, met)
        self._troubles.note(sale, met, facts)
        return facts

    def _at_midnight(self, number: int) -> Iterator[AnyFact]:
        """Pay at the edges of every other week's Sunday, and of days when the clocks change."""
        begins_at, ends_at = self._midnight(number), self._midnight(number + 1)
        if ends_at - begins_at != DAY or number % 14 == 1:
            who = self._customers.new(ACCOUNTS[1])
            for at in (begins_at, ends_at - timedelta(milliseconds=1)):
                sale = self._customers.sale(at, who)
                yield from self._lifecycle.payment(sale, PLAIN)

    def _monthly(self, number: int) -> Iterator[AnyFact]:
        """Charge the account's monthly fee, and hold or release a reserve."""
        at, day = (
            self._midnight(number) + timedelta(hours=5),
            self._setting.first_day + number * DAY,
        )
        of = Subject(
            f"acct_{day:%Y%m}", STRIPE.gateway, STRIPE.account, "object", self._troubles.booked_at
        )
        reserve = -RESERVE_MINOR if day.month % 2 else RESERVE_MINOR
        for moves, minor in (("fee", -ACCOUNT_FEE_MINOR), ("reserve_transaction", reserve)):
            movement = Movement(moves=moves, gross=money(minor, "EUR"), fee_minor=0)
            yield of.balance_moved(at, f"txn_{day:%Y%m}_{moves}", movement)

    def _into_balance(self, fact: AnyFact) -> None:
        of, data = fact.metadata, fact.data
        place = (of.gateway, of.account, data.amount.currency)
        if isinstance(data, BalanceTransactionBooked):
            if data.movement.moves != "payout":
                self._balances[place] += data.amount.amount_minor - data.movement.fee_minor
        elif isinstance(data, PayoutFailed):
            self._balances[place] += data.amount.amount_minor

    def _payouts(self, number: int) -> Iterator[AnyFact]:
        """Pay out what was in the balances at a day's end; one payout in forty comes back."""
        at = self._midnight(number + 1) + timedelta(hours=7)
        for by in ACCOUNTS:
            for place, minor in sorted(self._balances.items()):
                if (
                    place[:2] == (by.gateway, by.account)
                    and minor > 0
                    and at.weekday() in by.pays_out
                ):
                    del self._balances[place]
                    yield from self._payout(at, place, minor)

    def _payout(self, at: datetime, place: tuple[str, str, str], minor: int) -> Iterator[AnyFact]:
        gateway, account, currency = place
        payout_id = f"po_{gateway[:2]}{account[0]}_{currency}_{at:%Y%m%d}"
        of = Subject(payout_id, gateway, account, "payout", self._troubles.booked_at)
        amount, left = money(minor, currency), money(-minor, currency)
        yield of.fact("PayoutPaid", at, amount, payout_id, state="paid", postings=(K.PAYOUT,))
        movement = Movement(moves="payout", gross=left, fee_minor=0)
        yield of.balance_moved(at, f"txn_{payout_id}", movement)
        if self._chance.random() < 0.025:
            yield of.fact("PayoutFailed", at + 2 * DAY, amount, payout_id, state="failed",
                          postings=(K.PAYOUT_REVERSAL,), reason="account_closed")  # fmt: skip


def _opening(at: datetime) -> Iterator[AnyFact]:
    """Yield captures from before the books were opened: they are in the bank already."""
    for n, (minor, currency) in enumerate(((50_00, "EUR"), (7_000, "JPY"), (12_500, "KWD"))):
        of, object_id = Subject(f"st_opening{n}", STRIPE.gateway, STRIPE.account), f"ch_opening{n}"
        amount, ways = money(minor, currency), (Account.CUSTOMERS, Account.OPENING_BALANCE)
        taken = posting_between(ways, object_id, K.CAPTURE, amount)
        yield of.fact("PaymentCaptured", at + timedelta(hours=1), amount, object_id,
                      state=f"captured:{minor}", postings=(taken,), method="card")  # fmt: skip
