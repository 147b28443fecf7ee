"""What the fee analysis says first, in words: the cost, what is off, and what could be saved."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from kassa.core.money_texts import written
from kassa.reports.fees.analysis import Audit, CurrencyFees
from kassa.reports.fees.contracts.contract import FeeContracts
from kassa.reports.fees.contracts.regions import Region
from kassa.reports.fees.fit import FEES_MIN
from kassa.reports.fees.savings import Alternative

SAVINGS_MAX = 3  # in the headlines; the documents have all
_REGIONS = {
    Region.DOMESTIC: "of domestic cards",
    Region.EEA: "of cards from the rest of the EEA",
    Region.INTERNATIONAL: "of cards from elsewhere",
}


def headlines(fees: Sequence[CurrencyFees], noun: str, has_contracts: bool) -> list[str]:
    """Return the headlines, the cost of payments first; `noun` is the period's: week."""
    if not any(one.charges or one.fee_minor for one in fees):
        return [f"Payments cost nothing in this {noun}: no balance moved."]
    found = [cost(one, noun) for one in fees if one.charges or one.fee_minor]
    for one in fees:
        found += [audit_words(audit, one.currency) for audit in one.audits if audit.off]
        better = [each for each in one.alternatives if each.yearly_minor > 0]
        found += [saving(each, noun) for each in better[:SAVINGS_MAX]]
    if not has_contracts:
        found.append("No contract was entered: 'kassa fees save FILE' lets fees be compared.")
    return found


def cost(one: CurrencyFees, noun: str) -> str:
    """Say what payments cost, the rate and what can be saved."""
    paid = f"Payments cost {written(one.fee_minor, one.currency)} {one.currency}"
    rate = f", {rate_words(one.percent)} of {written(one.gross_minor, one.currency)}"
    left = could_save(one)
    could = (
        f"{written(left, one.currency)} {one.currency} of it could be saved in a {noun} like this"
    )
    return f"{paid}{rate if one.percent is not None else ''}; " + (
        f"{could}." if left > 0 else "nothing cheaper is known."
    )


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


def saving(one: Alternative, noun: str) -> str:
    """Say what moving payments would save, and what to do for it."""
    year = f"{written(one.yearly_minor, one.currency)} {one.currency} a year"
    if one.charges < FEES_MIN:
        year = "too few to say what a year would bring"
    return (
        f"Send {what(one)} to {one.to_gateway}/{one.to_account}, not"
        f" {one.gateway}/{one.account}: {year}. This {noun}'s {one.charges:,} would have cost"
        f" {written(one.would_cost_minor, one.currency)} instead of"
        f" {written(one.cost_minor, one.currency)}."
    )


def what(one: Alternative) -> str:
    """Name the payments that would move."""
    where = " and ".join(_REGIONS[region] for region in one.regions)
    return f"{one.method.replace('_', ' ')} payments in {one.paid_currency} {where}".rstrip()


def audit_words(audit: Audit, currency: str) -> str:
    """Say how many fees are off, and by how much in all."""
    off = sum(one.fees for one in audit.off)
    total = sum(one.off_minor * one.fees for one in audit.off)
    way = "above" if total > 0 else "below"
    sums = f"{written(abs(total), currency)} {currency} {way} it in all"
    verb = "fee is" if off == 1 else "fees are"
    return f"{off:,} {verb} not what the contract of {audit.gateway}/{audit.account} says: {sums}."


def line_words(contracts: FeeContracts, place: str) -> str:
    """Name a line of the contracts by what it is about; `place` is contracts[0].fees[2]."""
    number, of = (int(part.partition("]")[0]) for part in place.split("[")[1:])
    contract = contracts.contracts[number]
    line = contract.fees[of]
    kinds = " or ".join((*line.brands, *line.regions))
    of_kinds = f" ({kinds})" if kinds else ""
    return f"{line.method.replace('_', ' ')}{of_kinds} in {line.currency} since {contract.since}"


def rate_words(percent: Decimal | None) -> str:
    """Return a percentage as people read it."""
    return "–" if percent is None else f"{percent:.2f} %"
