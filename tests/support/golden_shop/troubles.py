"""Troubles that last: an account is silent, charges too much, fails, is disputed or refunds."""

import random
from datetime import datetime, timedelta
from typing import NamedTuple

from kassa.fact_catalog import AnyFact
from kassa.ledger.facts import BalanceTransactionBooked
from tests.support.golden_shop.accounts import ADYEN, CARD, STRIPE, WALLET, GatewayAccount
from tests.support.golden_shop.lifecycles import Fate
from tests.support.golden_shop.payments import Sale
from tests.support.golden_shop.planted import Kind, Planted, planted

DAY = timedelta(days=1)


class Trouble(NamedTuple):
    """One trouble: whose, from when until when, and how bad."""

    kind: Kind
    by: GatewayAccount
    begins_at: datetime
    ends_at: datetime
    method: str | None = None
    brand: str | None = None
    level: float = 0.0  # what fails, is disputed or refunded, of all; or hundredths of a percent

    def meets(self, sale: Sale) -> bool:
        """Tell whether a sale falls into it."""
        is_means = self.method in (None, sale.means.method) and self.brand in (
            None,
            sale.means.brand,
        )
        return sale.by is self.by and is_means and self.begins_at <= sale.at < self.ends_at


class Troubles:
    """What a sale meets with when it is made; remembers which facts show it."""

    def __init__(self, chance: random.Random, first: datetime, a_day: float) -> None:
        self._chance = chance

        def of(kind: Kind, by: GatewayAccount, day: int, days: int, **more: object) -> Trouble:
            return Trouble(kind, by, first + day * DAY, first + (day + days) * DAY, **more)  # type: ignore[arg-type]

        ten_days = a_day * STRIPE.weight * 10
        burst = min(0.9, max(16, ten_days / 20) / ten_days)
        self.all = (
            of(Kind.SILENT_GATEWAY, STRIPE, 100, 2),
            of(Kind.SILENT_GATEWAY, STRIPE, 206, 2),
            of(Kind.SILENT_GATEWAY, ADYEN, 260, 3),
            of(Kind.FEE_DRIFT, ADYEN, 130, 21, method=CARD, level=40),
            of(Kind.FEE_DRIFT, STRIPE, 280, 21, method=WALLET, level=60),
            of(Kind.METHOD_FAILURES, STRIPE, 170, 7, method=WALLET, brand="applepay", level=0.5),
            of(
                Kind.METHOD_FAILURES,
                ADYEN,
                310,
                7,
                method="bank_transfer",
                brand="ideal",
                level=0.4,
            ),
            of(Kind.DISPUTE_RATIO, STRIPE, 215, 30, method=CARD, level=0.05),
            *(of(Kind.REFUND_BURST, STRIPE, day - 12, 10, level=burst) for day in (115, 235, 325)),
        )
        self._facts: list[list[AnyFact]] = [[] for _ in self.all]

    def booked_at(self, gateway: str, account: str, at: datetime) -> datetime:
        """Return when what an account says at an instant is booked: after its silence."""
        for one in self.all:
            is_its = (one.by.gateway, one.by.account) == (gateway, account)
            if one.kind is Kind.SILENT_GATEWAY and is_its and one.begins_at <= at < one.ends_at:
                return one.ends_at + (at - one.begins_at) / 50
        return at

    def is_lost(self, sale: Sale) -> bool:
        """Tell whether a customer finds the account out of order."""
        return any(one.kind is Kind.SILENT_GATEWAY and one.meets(sale) for one in self.all)

    def met(self, sale: Sale, fate: Fate) -> tuple[Sale, Fate]:
        """Return a sale and its fate as the troubles of its day have them."""
        for one in self.all:
            if not one.meets(sale):
                continue
            if one.kind is Kind.METHOD_FAILURES:
                sale = sale._replace(means=sale.means._replace(fails=one.level))
            elif one.kind is Kind.FEE_DRIFT:
                fate = fate._replace(extra_bp=round(one.level))
            elif fate.is_plain or self._chance.random() >= one.level:
                continue
            elif one.kind is Kind.DISPUTE_RATIO:
                fate = fate._replace(is_disputed=True)
            elif one.kind is Kind.REFUND_BURST:
                within = timedelta(seconds=self._chance.randrange(6_600))
                at = one.ends_at + 2 * DAY + timedelta(hours=11) + within
                fate = fate._replace(refunded_at=at)
        return sale, fate

    def note(self, sale: Sale, fate: Fate, facts: list[AnyFact]) -> None:
        """Remember which of a payment's facts show a trouble."""
        for one, shown in zip(self.all, self._facts, strict=True):
            if one.meets(sale):
                shown += [fact for fact in facts if _shows(one, fate, fact)]

    def planted(self) -> list[Planted]:
        """Return the record of every trouble."""
        return [_record(one, shown) for one, shown in zip(self.all, self._facts, strict=True)]


def _shows(one: Trouble, fate: Fate, fact: AnyFact) -> bool:
    if one.kind is Kind.METHOD_FAILURES:
        return fact.data.fact == "PaymentFailed"
    if one.kind is Kind.FEE_DRIFT:
        data = fact.data
        return isinstance(data, BalanceTransactionBooked) and data.movement.moves == "charge"
    if one.kind is Kind.DISPUTE_RATIO:
        return fact.data.fact == "DisputeOpened"
    return fact.data.fact == "RefundSucceeded" and fate.refunded_at is not None


def _record(one: Trouble, shown: list[AnyFact]) -> Planted:
    whose = {"gateway": one.by.gateway, "account": one.by.account, "method": one.method}
    lasts = {"begins_at": one.begins_at, "ends_at": one.ends_at, "brand": one.brand}
    if not shown:  # of what is silent there is nothing to see
        return Planted(kind=one.kind, currency=one.by.balance or "EUR", amount_minor=0,
                       subject_ids=(), event_ids=(), **whose, **lasts)  # type: ignore[arg-type]  # fmt: skip
    if one.kind is Kind.FEE_DRIFT:
        stake = sum(round(fact.data.amount.amount_minor * one.level / 10_000) for fact in shown)
        return planted(one.kind, shown, stake, **whose, **lasts)
    if one.kind is Kind.REFUND_BURST:
        lasts = {"brand": one.brand}
    stake = sum(fact.data.amount.amount_minor for fact in shown)
    return planted(one.kind, shown, stake, **whose, **lasts)
