"""The transaction summary: every figure is derived from postings and facts, and traced to them."""

import operator
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple, Self

from pydantic import Field

from kassa.archive.tallies import Captures, Failures, Flow, Tally
from kassa.core.model import Model
from kassa.core.periods import Period, PeriodKind
from kassa.core.postings import Account, PostingKind

# A release before the second journal knew none of these, where it met them in a day's facts.
_OF_DOCUMENTS = {
    *(Account.RECEIVABLES, Account.SALES, Account.TAX_PAYABLE, Account.WRITE_OFFS),
    *(Account.LATE_FEES, Account.LATE_INTEREST),
}
FIGURES = ("gross", "reversals", "refunds", "disputes", "fees", "net", "opening", "payouts")
NET = ("gross", "reversals", "refunds", "disputes", "fees")  # the first, less the others


class Part(NamedTuple):
    """Which postings a figure is made of: those that touch an account, of some kinds or of all."""

    account: Account
    kinds: tuple[PostingKind, ...] = ()
    sign: int = 1  # of what came into the account

    def has(self, flow: Flow) -> bool:
        """Whether a flow is one of the figure's."""
        touches = self.account in (flow.source, flow.destination)
        return touches and (not self.kinds or flow.kind in self.kinds)


PARTS = {  # of every figure but the net
    "gross": Part(Account.GATEWAY_CLEARING, (PostingKind.CAPTURE,)),
    "reversals": Part(Account.GATEWAY_CLEARING, (PostingKind.CAPTURE_REVERSAL,), -1),
    "refunds": Part(Account.CUSTOMERS, (PostingKind.REFUND, PostingKind.REFUND_REVERSAL)),
    "disputes": Part(Account.CHARGEBACKS),
    "fees": Part(Account.GATEWAY_FEES),
    "opening": Part(Account.OPENING_BALANCE),
    "payouts": Part(Account.BANK),
}


class Figure(Model):
    """An amount, how many postings made it, and the events that brought them."""

    amount_minor: int = 0
    postings: int = 0
    event_ids: tuple[str, ...] = ()
    is_fully_traced: bool = True  # otherwise the manifest's files name the rest


class MethodShare(Model):
    """One payment method's part of the gross."""

    method: str
    amount_minor: int
    captures: int
    share: float | None  # of the gross, 0 to 1


class CurrencySummary(Model):
    """One currency's period; currencies are never added to each other."""

    currency: str
    gross: Figure
    reversals: Figure  # captures that were disproved, or taken back by their bank
    refunds: Figure  # less those that came back
    disputes: Figure  # chargebacks less reinstated funds
    fees: Figure
    net: Figure
    opening: Figure  # captured before the books were opened; no part of the gross
    payouts: Figure  # to the bank; no part of the net
    captured_payments: int
    failed_attempts: int
    success_rate: float | None  # none when nothing was tried
    failures: tuple[Failures, ...]
    methods: tuple[MethodShare, ...]
    hours: tuple[int, ...] = Field((), exclude_if=operator.not_)  # gross by hour of a day
    days: tuple[int, ...] = Field((), exclude_if=operator.not_)  # gross by day of a longer period
    accounts: dict[Account, int]

    def imported(self) -> Self:
        """Return a past's figures: without a rate where no failure is known; most list none."""
        return self if self.failed_attempts else self.model_copy(update={"success_rate": None})

    @property
    def steps(self) -> tuple[int, ...]:
        """Return the gross by the period's steps."""
        return self.hours or self.days

    @property
    def imbalance(self) -> int:
        """Return the sum over all accounts, which is zero or the books are wrong."""
        return sum(self.accounts.values())


def summarise(tally: Tally, period: Period) -> tuple[CurrencySummary, ...]:
    """Summarise each currency that moved or was tried, in alphabetical order."""
    flows: dict[str, list[Flow]] = defaultdict(list)
    for flow in tally.flows:
        flows[flow.currency].append(flow)
    currencies = {*flows, *tally.payments, *(failed.currency for failed in tally.failures)}
    return tuple(_summary(name, flows[name], tally, period) for name in sorted(currencies))


def _summary(currency: str, flows: list[Flow], tally: Tally, period: Period) -> CurrencySummary:
    captures = [each for each in tally.captures if each.currency == currency]
    failures = [each for each in tally.failures if each.currency == currency]
    payments, failed = tally.payments.get(currency, 0), sum(each.attempts for each in failures)
    tried = payments + failed
    steps = "hours" if period.kind is PeriodKind.DAILY else "days"
    return CurrencySummary(
        currency=currency,
        **figures_of(flows),
        captured_payments=payments,
        failed_attempts=failed,
        success_rate=round(payments / tried, 6) if tried else None,
        failures=tuple(sorted(failures, key=lambda each: (-each.attempts, each.reason))),
        methods=_methods(captures),
        **{steps: _by_step(captures, len(period.steps))},
        accounts={
            account: sum(flow.into(account) for flow in flows)
            for account in Account
            if account not in _OF_DOCUMENTS
            and any(account in (flow.source, flow.destination) for flow in flows)
        },
    )


def figures_of(flows: list[Flow]) -> dict[str, Figure]:
    """Sign each flow by the account that gives a figure its meaning."""
    made = {name: _figure(filter(part.has, flows), part) for name, part in PARTS.items()}
    net = _net(*(made[name] for name in NET))
    return {name: net if name == "net" else made[name] for name in FIGURES}


def _net(gross: Figure, *taken: Figure) -> Figure:
    """Take from the gross what was taken back, given back and kept, with all their events."""
    return Figure(
        amount_minor=gross.amount_minor - sum(each.amount_minor for each in taken),
        postings=gross.postings + sum(each.postings for each in taken),
        event_ids=tuple(sorted({each for part in (gross, *taken) for each in part.event_ids})),
        is_fully_traced=all(each.is_fully_traced for each in (gross, *taken)),
    )


def _figure(flows: Iterable[Flow], part: Part) -> Figure:
    flows = list(flows)
    event_ids = [event_id for flow in flows for event_id in flow.event_ids]
    return Figure(
        amount_minor=part.sign * sum(flow.into(part.account) for flow in flows),
        postings=sum(flow.postings for flow in flows),
        event_ids=tuple(sorted(set(event_ids))),
        is_fully_traced=len(event_ids) == sum(flow.postings for flow in flows),
    )


def _methods(captures: list[Captures]) -> tuple[MethodShare, ...]:
    amounts: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for each in captures:
        amounts[each.method] += each.amount_minor
        counts[each.method] += each.captures
    gross = sum(amounts.values())
    shares = [
        MethodShare(
            method=method,
            amount_minor=amount,
            captures=counts[method],
            share=round(amount / gross, 6) if gross else None,
        )
        for method, amount in amounts.items()
    ]
    return tuple(sorted(shares, key=lambda each: (-each.amount_minor, each.method)))


def _by_step(captures: list[Captures], count: int) -> tuple[int, ...]:
    amounts: Counter[int] = Counter()
    for each in captures:
        amounts[each.step] += each.amount_minor
    return tuple(amounts[step] for step in range(count))
