"""Anomalies of single payments: planted on set days, each with its record."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from kassa.fact_catalog import AnyFact
from tests.support.golden_shop.accounts import STRIPE
from tests.support.golden_shop.customers import Customers
from tests.support.golden_shop.lifecycles import Fate, Lifecycle
from tests.support.golden_shop.payments import Sale
from tests.support.golden_shop.planted import Kind, Planted, planted

PLAIN = Fate(declines=0, is_plain=True)
# When all is in order else, so that each is seen by itself: days since the shop began.
COUNTS = {
    Kind.DUPLICATE_PAYMENT: 12,
    Kind.FAILED_THEN_SUCCESS: 10,
    Kind.CARD_TESTING: 5,
    Kind.VELOCITY: 6,
    Kind.UNUSUAL_FOR_CUSTOMER: 10,
    Kind.UNUSUAL_FOR_HOUR: 4,
    Kind.CAPTURED_WITHOUT_PAYOUT: 8,
}
FIRST, LAST = 90, 340
TAKEN = (*range(98, 104), *range(204, 210), *range(258, 265))  # accounts are silent
MINUTE = timedelta(minutes=1)
FRAUDS = ("do_not_honor", "incorrect_cvc", "stolen_card", "lost_card", "pickup_card")


class Anomalies:
    """Plants what is wrong with single payments."""

    def __init__(
        self, chance: random.Random, customers: Customers, lifecycle: Lifecycle, a_day: float
    ) -> None:
        self._chance, self._customers, self._lifecycle = chance, customers, lifecycle
        self._a_day, self.noted = a_day, list[Planted]()
        self._planted: dict[int, list[Kind]] = defaultdict(list)
        self._regulars = iter(customers.regulars)
        for kind, count in COUNTS.items():
            for n in range(count):
                day = FIRST + (LAST - FIRST) * n // count + chance.randrange(12)
                self._planted[day + 7 if day in TAKEN else day].append(kind)

    def of_day(self, number: int, day: date) -> Iterator[AnyFact]:
        """Yield the facts of what is planted on a day of the shop."""
        plant: dict[Kind, Callable[[date], list[AnyFact]]] = {
            Kind.DUPLICATE_PAYMENT: self._duplicate,
            Kind.FAILED_THEN_SUCCESS: self._failed_then_success,
            Kind.CARD_TESTING: self._card_testing,
            Kind.VELOCITY: self._velocity,
            Kind.UNUSUAL_FOR_CUSTOMER: self._unusual_for_customer,
            Kind.UNUSUAL_FOR_HOUR: self._unusual_for_hour,
            Kind.CAPTURED_WITHOUT_PAYOUT: self._without_payout,
        }
        for kind in self._planted[number]:
            yield from plant[kind](day)

    def _pay(self, sale: Sale, fate: Fate = PLAIN) -> list[AnyFact]:
        return self._lifecycle.payment(sale, fate)

    def _note(self, kind: Kind, facts: list[AnyFact], stake: int, **more: object) -> None:
        shows = [one for one in facts if one.data.fact in ("PaymentCaptured", "PaymentFailed")]
        self.noted.append(planted(kind, shows, stake, **more))

    def _duplicate(self, day: date) -> list[AnyFact]:
        """Pay an order twice within minutes; every other time under the next order's number."""
        customers, chance = self._customers, self._chance
        who = customers.new(STRIPE)
        first = customers.sale(customers.at(day, chance.randint(9, 20)), who)
        later = first.at + timedelta(seconds=chance.randint(20, 240))
        again = customers.sale(later, who, first.amount.amount_minor)
        if chance.random() < 0.5:
            again = again._replace(order_id=first.order_id)
        facts = [*self._pay(first), *self._pay(again)]
        stake = first.amount.amount_minor
        self._note(Kind.DUPLICATE_PAYMENT, facts, stake, customer_id=who.customer_id)
        return facts

    def _failed_then_success(self, day: date) -> list[AnyFact]:
        """Try one card after the other until one is taken."""
        customers, chance = self._customers, self._chance
        who = customers.new(STRIPE, "visa")
        sale = customers.sale(customers.at(day), who, chance.randint(180_00, 420_00))
        facts = self._pay(sale, PLAIN._replace(declines=chance.randint(6, 9), reasons=FRAUDS))
        stake = sale.amount.amount_minor
        self._note(Kind.FAILED_THEN_SUCCESS, facts, stake, customer_id=who.customer_id)
        return facts

    def _card_testing(self, day: date) -> list[AnyFact]:
        """Let strangers try stolen cards with small amounts, one every few seconds."""
        customers, chance, facts, stake = self._customers, self._chance, list[AnyFact](), 0
        at = customers.at(day, chance.randint(1, 23))
        for n in range(chance.randint(40, 60)):
            who = customers.new(STRIPE, "visa")._replace(currency="EUR")
            sale = customers.sale(at + n * timedelta(seconds=chance.randint(8, 12)), who, 1_00)
            is_taken = chance.random() < 0.08
            stake += 1_00 if is_taken else 0
            tried = PLAIN._replace(
                declines=0 if is_taken else 1, is_captured=is_taken, reasons=FRAUDS
            )
            facts += self._pay(sale, tried)
        self._note(Kind.CARD_TESTING, facts, stake)
        return facts

    def _velocity(self, day: date) -> list[AnyFact]:
        """Let one customer buy again and again within an hour, each time something else."""
        customers, chance, facts, stake = self._customers, self._chance, list[AnyFact](), 0
        who = customers.new(STRIPE, "mastercard")._replace(currency="EUR")
        at = customers.at(day, chance.randint(8, 21))
        for n in range(chance.randint(9, 12)):
            sale = customers.sale(at + n * 5 * MINUTE, who, 31_00 + 7_35 * n)
            stake += sale.amount.amount_minor
            facts += self._pay(sale)
        self._note(Kind.VELOCITY, facts, stake, customer_id=who.customer_id)
        return facts

    def _unusual_for_customer(self, day: date) -> list[AnyFact]:
        """Let a regular pay twenty times what they pay every other week."""
        customers, regular = self._customers, next(self._regulars)
        at = customers.at(day, self._chance.randint(10, 20))
        sale = customers.sale(at, regular.customer, regular.minor * 20)
        facts, who = self._pay(sale), regular.customer.customer_id
        self._note(Kind.UNUSUAL_FOR_CUSTOMER, facts, sale.amount.amount_minor, customer_id=who)
        return facts

    def _unusual_for_hour(self, day: date) -> list[AnyFact]:
        """Sell at three in the morning what an evening sells."""
        customers, facts, stake = self._customers, list[AnyFact](), 0
        for _ in range(round(max(15, self._a_day * 0.15))):
            who = customers.new(STRIPE)._replace(currency="EUR")
            sale = customers.sale(customers.at(day, 3), who)
            stake += sale.amount.amount_minor
            facts += self._pay(sale)
        self._note(Kind.UNUSUAL_FOR_HOUR, facts, stake)
        return facts

    def _without_payout(self, day: date) -> list[AnyFact]:
        """Capture what the gateway never brings into the balance."""
        customers = self._customers
        sale = customers.sale(customers.at(day), customers.new(STRIPE))
        facts = self._pay(sale, PLAIN._replace(settles=False))
        self._note(Kind.CAPTURED_WITHOUT_PAYOUT, facts, sale.amount.amount_minor)
        return facts


def sale_day(at: datetime, until: datetime) -> Planted:
    """Return the record of a day on which everybody buys, as was planned."""
    return Planted(Kind.SALE_DAY, at, until, "", "", "", 0, (), ())
