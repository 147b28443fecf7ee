"""What the fee analysis says, and first of all: the cost, what is off, and what could be saved.

In English as it did before reports had other languages: closed ones stay the same bytes.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from kassa.core.money import Money, to_decimal
from kassa.reports import localization as shared
from kassa.reports.fees.analysis import Audit, CurrencyFees
from kassa.reports.fees.contracts.contract import FeeContracts
from kassa.reports.fees.fit import FEES_MIN
from kassa.reports.fees.savings import Alternative

TEXTS = Path(__file__).with_name("texts")
SAVINGS_MAX = 3  # in the headlines; the documents have all


class Texts(shared.Texts):
    """The texts of fees in one language."""

    def __init__(self, tag: str) -> None:
        super().__init__(tag, TEXTS)

    def method(self, method: str) -> str:
        """Return a payment method within a sentence."""
        return method.replace("_", " ") if self.is_english else self.name("methods", method)

    def effective(self, percent: Decimal | None) -> str:
        """Return an effective rate as people read it."""
        return "–" if percent is None else self.percent(percent)

    def part(self, minor: Decimal, currency: str) -> str:
        """Return minor units in the currency's own unit, to a hundredth of the minor one."""
        unit = to_decimal(Money(amount_minor=1, currency=currency))
        exact = (minor * unit).quantize(unit / 100)
        return self.decimal(exact, -int(exact.as_tuple().exponent))

    def listed(self, names: Sequence[str], by: str) -> str:
        """Return names in a sentence, parted by `and` or `or`."""
        return self(f"report.{by}").join(names)


def headlines(
    fees: Sequence[CurrencyFees], noun: str, has_contracts: bool, texts: Texts
) -> list[str]:
    """Return the headlines, the cost of payments first; `noun` is the period's: week."""
    if not any(one.charges or one.fee_minor for one in fees):
        return [texts("report.nothing", noun=noun)]
    found = [cost(one, noun, texts) for one in fees if one.charges or one.fee_minor]
    for one in fees:
        found += [audit_words(audit, one.currency, texts) for audit in one.audits if audit.off]
        better = [each for each in one.alternatives if each.yearly_minor > 0]
        found += [saving(each, noun, texts) for each in better[:SAVINGS_MAX]]
    if not has_contracts:
        found.append(texts("report.no_contract"))
    return found


def cost(one: CurrencyFees, noun: str, texts: Texts) -> str:
    """Say what payments cost, the rate and what can be saved."""
    paid = texts("report.cost", fees=texts.money(one.fee_minor, one.currency))
    if one.percent is not None:
        gross = texts.amount(one.gross_minor, one.currency)
        paid += texts("report.of", rate=texts.effective(one.percent), gross=gross)
    left = could_save(one)
    if left <= 0:
        return paid + texts("report.no_cheaper")
    return paid + texts("report.could", saving=texts.money(left, one.currency), noun=noun)


def could_save(one: CurrencyFees) -> int:
    """Return what moving payments would save, and what can be claimed back where none move.

    Where some move, what was charged beyond the contract may be a part of what that saves.
    """
    moves = list(best(one.alternatives))
    left = {(each.gateway, each.account) for each in moves}
    claims = [each for each in one.audits if (each.gateway, each.account) not in left]
    return sum(each.saving_minor for each in moves) + sum(each.too_much_minor for each in claims)


def best(alternatives: Sequence[Alternative]) -> Iterator[Alternative]:
    """Yield the best alternative of each part of the payments, so that none is saved twice."""
    seen: set[tuple[str, ...]] = set()
    for one in alternatives:
        part = (one.gateway, one.account, one.method, one.currency, one.paid_currency)
        if one.yearly_minor > 0 and one.saving_minor > 0 and part not in seen:
            seen.add(part)
            yield one


def saving(one: Alternative, noun: str, texts: Texts) -> str:
    """Say what moving payments would save, and what to do for it."""
    year = texts("report.year", amount=texts.money(one.yearly_minor, one.currency))
    if one.charges < FEES_MIN:
        year = texts("report.too_few")
    return texts(
        "report.saving",
        what=what(one, texts),
        to=f"{one.to_gateway}/{one.to_account}",
        place=f"{one.gateway}/{one.account}",
        year=year,
        noun=noun,
        count=texts.number(one.charges),
        would_cost=texts.amount(one.would_cost_minor, one.currency),
        cost=texts.amount(one.cost_minor, one.currency),
    )


def what(one: Alternative, texts: Texts) -> str:
    """Name the payments that would move."""
    where = texts.listed([texts(f"cards_from.{region}") for region in one.regions], "and")
    named = {"method": texts.method(one.method), "currency": one.paid_currency}
    return texts("report.what", where=where, **named).rstrip()


def audit_words(audit: Audit, currency: str, texts: Texts) -> str:
    """Say how many fees are off, and by how much in all."""
    off = sum(one.fees for one in audit.off)
    total = sum(one.off_minor * one.fees for one in audit.off)
    return texts.counted(
        "report.off",
        off,
        place=f"{audit.gateway}/{audit.account}",
        total=texts.money(abs(total), currency),
        way=texts("report.above" if total > 0 else "report.below"),
    )


def line_words(contracts: FeeContracts, place: str, texts: Texts) -> str:
    """Name a line of the contracts by what it is about; `place` is contracts[0].fees[2]."""
    number, of = (int(part.partition("]")[0]) for part in place.split("[")[1:])
    contract = contracts.contracts[number]
    line = contract.fees[of]
    kinds = [*line.brands, *(texts.name("regions", region) for region in line.regions)]
    return texts(
        "report.line",
        method=texts.method(line.method),
        kinds=f" ({texts.listed(kinds, 'or')})" if kinds else "",
        currency=line.currency,
        since=texts.short_day(contract.since),
    )
