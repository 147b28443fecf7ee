"""What a contract allows for a day's settlements, where one was entered.

Settlements come days after their capture, by which a contract holds, and don't say where a card is
from. So all lines that may hold are looked at: what is charged beyond the dearest is too much.
"""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from kassa.reports.fees.contracts.contract import FeeContract, FeeContracts
from kassa.reports.fees.contracts.regions import Region

SETTLING = timedelta(days=14)  # what is settled on a day was captured that long before at most
UNNAMED = "unknown"  # a brand or method that the gateway never named


class Allowed(NamedTuple):
    """The most that may be charged, and whether there is one line that says it."""

    most_minor: Decimal
    is_plain: bool


Agreed = Callable[[int, tuple[int, int, int, int, int]], Allowed | None]  # of a day and its sums


def nothing_agreed(day: int, seen: tuple[int, int, int, int, int]) -> Allowed | None:
    """Return what may be charged where nobody entered a contract."""
    return None


def allowed(
    contracts: FeeContracts, of: tuple[str, ...], day: date, settled: tuple[int, int]
) -> Allowed | None:
    """Return what may be charged for settlements of a kind; none where no contract says it.

    `of` is gateway, account, method, brand, the payments' currency and the balance's; `settled`
    how many settlements there are, and their gross in minor units.
    """
    gateway, account = of[:2]
    newest = contracts.holding(gateway, account, day)
    earlier = contracts.holding(gateway, account, day - SETTLING)
    if newest is None:
        return None
    terms = _terms(newest, of)
    if earlier is not None and earlier is not newest:
        terms |= _terms(earlier, of)
    if not terms or None in terms:
        return None
    count, gross_minor = settled
    sums = {percent * gross_minor / 100 + count * fixed for percent, fixed in filter(None, terms)}
    return Allowed(max(sums), len(terms) == 1)


def _terms(contract: FeeContract, of: tuple[str, ...]) -> set[tuple[Decimal, int] | None]:
    """Return percentage and fixed part of every line that may hold; none where one isn't known."""
    _, _, method, brand, currency, balance = of
    found: set[tuple[Decimal, int] | None] = set()
    brands = {one for line in contract.fees for one in line.brands} | {brand}
    for region in Region:
        for named in sorted(brands) if brand == UNNAMED else [brand]:
            fits = (one for one in contract.fees if one.fits(method, named, region, balance))
            line = next(fits, None)
            percent = line.rate(currency != balance) if line else None
            found.add((percent, line.fixed_minor) if line and percent is not None else None)
    return found
