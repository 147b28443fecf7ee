"""How fee contracts and what they come to look on a screen."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from rich.markup import escape

from cli.output import amount, table
from kassa.core.money import Money
from kassa.reports.fees.contracts.contract import Charge, FeeContracts, FeeLine


class Asked(NamedTuple):
    """A payment of which somebody asks what it would cost."""

    paid: Money
    method: str
    brand: str | None
    region: str
    day: date


def contracts_table(contracts: FeeContracts) -> Any:
    """Show a line for each line of each contract."""
    shown = table("Fee contracts", ["Account", "Since", "For", "Fee"])
    for one in contracts.contracts:
        for number, line in enumerate(one.fees):
            head = ("", "") if number else ("/".join(one.place), str(one.since))
            shown.add_row(*head, escape(_for(line)), _fee(line))
    return shown


def fees_table(contracts: FeeContracts, asked: Asked) -> Any:
    """Show what a payment costs at each account, the cheapest first."""
    found = [_found(contracts, place, asked) for place in contracts.places()]
    shown = table(f"Fees of {amount(asked.paid)}", ["Account", "Fee>", "By"])
    for place, minor, by in sorted(found, key=lambda one: (one[1] is None, one[1] or 0, one[0])):
        fee = Money(amount_minor=minor or 0, currency=asked.paid.currency)
        shown.add_row(place, "–" if minor is None else amount(fee), escape(by))
    return shown


def _found(
    contracts: FeeContracts, place: tuple[str, str], asked: Asked
) -> tuple[str, int | None, str]:
    contract, name = contracts.holding(*place, asked.day), "/".join(place)
    if contract is None:
        return name, None, f"no contract holds on {asked.day}"
    kind = (asked.method, asked.brand, asked.region, asked.paid.currency)
    line = next((line for line in contract.fees if line.fits(*kind)), None)
    if line is None:
        return name, None, "no line fits"
    return name, contract.fee_minor(line, Charge(asked.paid.amount_minor)), _for(line)


def _for(line: FeeLine) -> str:
    kinds: Sequence[str] = (*line.brands, *line.regions)
    of_kinds = f" ({', '.join(kinds)})" if kinds else ""
    return f"{line.method.replace('_', ' ')}{of_kinds}"


def _fee(line: FeeLine) -> str:
    parts = [f"{line.percent} %"] if line.percent or not line.fixed_minor else []
    if line.fixed_minor:
        parts.append(amount(Money(amount_minor=line.fixed_minor, currency=line.currency)))
    return " + ".join(parts)
