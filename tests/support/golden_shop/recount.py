"""Every figure of a transaction summary once more: plain Python over facts, without a warehouse.

Nothing here is taken from the reports or the archive's queries, nor from their periods: a fact
belongs to the local day that the clock on the merchant's wall showed when it was booked.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from kassa.core.postings import Posting
from kassa.fact_catalog import AnyFact
from tests.support.golden_shop.wall_clock import Span

Document = dict[str, Any]
OF_DOCUMENTS = {"sale", "sales_tax", "application", "write_off", "late_fee", "late_interest"}
# The account whose change is the figure; for some, postings of these kinds alone.
ACCOUNT_OF = {
    "gross": ("gateway_clearing", {"capture"}),
    "reversals": ("gateway_clearing", {"capture_reversal"}),
    "refunds": ("customers", {"refund", "refund_reversal"}),
    "disputes": ("chargebacks", None),
    "fees": ("gateway_fees", None),
    "opening": ("opening_balance", None),
    "payouts": ("bank", None),
}
TAKEN = ("reversals", "refunds", "disputes", "fees")  # from the gross, to the net


class Moved(NamedTuple):
    """A posting with the fact it stands in."""

    fact: AnyFact
    posting: Posting

    @property
    def currency(self) -> str:
        """Return its currency."""
        return self.posting.amount.currency

    @property
    def is_of_documents(self) -> bool:
        """Tell whether it stands in the accrual journal."""
        return self.posting.kind.value in OF_DOCUMENTS

    @property
    def is_sold(self) -> bool:
        """Tell whether it is a capture that is part of the gross."""
        is_opening = self.posting.destination.value == "opening_balance"
        return self.posting.kind.value == "capture" and not is_opening

    def touches(self, account: str) -> bool:
        """Tell whether it moves money into an account or out of it."""
        return account in (self.posting.source.value, self.posting.destination.value)

    def into(self, account: str) -> int:
        """Return what it brings into an account."""
        is_into, is_out = (
            self.posting.destination.value == account,
            self.posting.source.value == account,
        )
        return self.posting.amount.amount_minor * (is_into - is_out)


def recount(facts: Iterable[AnyFact], span: Span) -> Document:
    """Return what a report of these facts must say, as its JSON says it; each fact counts once."""
    once = {one.metadata.fact_id: one for one in facts if span.has(one.metadata.booked_at)}
    chosen = sorted(once.values(), key=lambda one: one.metadata.event_id)
    moved = [Moved(fact, posting) for fact in chosen for posting in fact.data.postings]
    failed = [one for one in chosen if one.data.fact == "PaymentFailed"]
    of_money = [one for one in moved if not one.is_of_documents]
    currencies = {one.currency for one in of_money} | {one.data.amount.currency for one in failed}
    methods = {
        place: min(method for method in named)
        for place, named in _described(chosen).items()
    }  # fmt: skip
    return {
        "facts": dict(Counter(one.data.fact for one in chosen)),
        "currencies": [
            _currency(
                currency,
                [one for one in of_money if one.currency == currency],
                [one for one in failed if one.data.amount.currency == currency],
                (span, methods),
            )
            for currency in sorted(currencies)
        ],
        "accrual": _accrual(chosen, moved),
    }


def _currency(
    currency: str, moved: list[Moved], failed: list[AnyFact], known: tuple[Span, Document]
) -> Document:
    span, methods = known
    figures = {name: _figure(name, moved) for name in ACCOUNT_OF}
    sold = [one for one in moved if one.is_sold]
    payments = len({_payment(one.fact) for one in sold})
    tried = payments + len(failed)
    by_step = Counter[int]()
    for one in sold:
        by_step[span.step(one.fact.metadata.booked_at)] += one.posting.amount.amount_minor
    steps = [by_step[n] for n in range(span.steps)]
    return {
        "currency": currency,
        **figures,
        "net": _net(figures),
        "captured_payments": payments,
        "failed_attempts": len(failed),
        "success_rate": round(payments / tried, 6) if tried else None,
        "failures": _failures(currency, failed),
        "methods": _methods(sold, methods),
        "days" if len(span.days) > 1 else "hours": steps,
        "accounts": _accounts(moved),
    }


def _figure(name: str, moved: Sequence[Moved]) -> Document:
    account, kinds = ACCOUNT_OF[name]
    its = [one for one in moved if kinds is None or one.posting.kind.value in kinds]
    its = [one for one in its if name == "refunds" or one.touches(account)]
    sign = -1 if name == "reversals" else 1
    return {
        "amount_minor": sign * sum(one.into(account) for one in its),
        "postings": len(its),
        "event_ids": sorted({one.fact.metadata.event_id for one in its}),
        "is_fully_traced": True,
    }


def _net(figures: Document) -> Document:
    parts = [figures[name] for name in ("gross", *TAKEN)]
    taken = sum(figures[name]["amount_minor"] for name in TAKEN)
    return {
        "amount_minor": figures["gross"]["amount_minor"] - taken,
        "postings": sum(one["postings"] for one in parts),
        "event_ids": sorted({event_id for one in parts for event_id in one["event_ids"]}),
        "is_fully_traced": True,
    }


def _failures(currency: str, failed: list[AnyFact]) -> list[Document]:
    events: dict[str, list[str]] = defaultdict(list)
    for one in failed:
        events[one.data.reason or "unknown"].append(one.metadata.event_id)
    ranked = sorted(events.items(), key=lambda each: (-len(each[1]), each[0]))
    return [
        {"currency": currency, "reason": reason, "attempts": len(ids), "event_ids": sorted(ids)}
        for reason, ids in ranked
    ]


def _described(facts: list[AnyFact]) -> dict[tuple[str, ...], set[str]]:
    """Return the methods that were named after a capture was published without one."""
    named: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for one in facts:
        if one.data.fact == "PaymentDescribed":
            named[(*_payment(one), one.data.object_id)].add(one.data.method)
    return named


def _methods(sold: list[Moved], described: Document) -> list[Document]:
    amounts, counts = Counter[str](), Counter[str]()
    for one in sold:
        place = (*_payment(one.fact), one.fact.data.object_id)
        method = one.fact.data.method or described.get(place, "unknown")
        amounts[method] += one.posting.amount.amount_minor
        counts[method] += 1
    gross = sum(amounts.values())
    return [
        {
            "method": method,
            "amount_minor": amount,
            "captures": counts[method],
            "share": round(amount / gross, 6) if gross else None,
        }
        for method, amount in sorted(amounts.items(), key=lambda each: (-each[1], each[0]))
    ]


def _accounts(moved: list[Moved]) -> dict[str, int]:
    sums = Counter[str]()
    for one in moved:
        sums[one.posting.source.value] -= one.posting.amount.amount_minor
        sums[one.posting.destination.value] += one.posting.amount.amount_minor
    return dict(sums)


def _accrual(facts: list[AnyFact], moved: list[Moved]) -> list[Document]:
    """Return the journal of documents; where none moved, nor is there what they opened."""
    journal, opened = [one for one in moved if one.is_of_documents], Counter[str]()
    for one in facts if journal else ():
        if one.metadata.subject_kind == "invoice":
            opened[one.data.amount.currency] += one.data.change_minor
    return [
        {
            "currency": currency,
            "accounts": _accounts([one for one in journal if one.currency == currency]),
            "opened_minor": opened[currency],
            "unapplied_minor": sum(
                one.into("customers") for one in moved if one.currency == currency
            ),
        }
        for currency in sorted({*opened, *(one.currency for one in journal)})
    ]


def _payment(fact: AnyFact) -> tuple[str, str, str]:
    return fact.metadata.gateway, fact.metadata.account, fact.metadata.subject_id
