"""Rule about fees: an account charges more than agreed, or than its own fees lay on before.

A fee is a percentage and a fixed part, so the fees of a method, brand and currency lie on a line.
Where a contract was entered, it is the contract's. Else it is fitted from the days before, and what
the last days were charged is compared with it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from kassa.reports.anomalies.finding import (
    Finding,
    Kind,
    anomaly_id,
)
from kassa.reports.anomalies.rules.agreed import Agreed, Allowed, allowed, nothing_agreed
from kassa.reports.anomalies.rules.cells import Cells
from kassa.reports.anomalies.rules.localization import Texts
from kassa.reports.anomalies.rules.robust import line
from kassa.reports.fees.contracts.contract import FeeContracts

FEES_KNOWN = 30  # settlements before the days that are looked at
FEES_MIN = 5  # settlements of those days
FEE_DAYS = 7
DRIFT_MIN = 0.10  # of the usual fee; what a contract changes by is mostly less
AGREED_MIN = 0.01  # of what a contract allows, and a minor unit of each fee for its rounding
Sums = tuple[int, int, int, int, int]
_NONE: Sums = (0, 0, 0, 0, 0)


class Charges(NamedTuple):
    """Which fees a finding is about: of what, and from day to day."""

    of: tuple[str, ...]
    from_day: int
    until_day: int


class Drift(NamedTuple):
    """Fees above their line: of which days, by how much."""

    since: int
    day: int
    found: int
    sums: Sums
    usual_minor: float
    is_agreed: bool = False  # by a contract, not by the fees before

    @property
    def extra_minor(self) -> int:
        """Return what was charged above the line."""
        return round(self.sums[2] - self.usual_minor)


def fee_drift(
    rows: Iterable[tuple[Any, ...]], cells: Cells, contracts: FeeContracts
) -> Iterator[tuple[Finding, Charges]]:
    """Find methods whose settlements are charged more than agreed, or DRIFT_MIN more than before.

    Each comes with the charges it is about, whose payments and events it has yet to name. Of
    contracts that say it, nothing else is asked: what they allow is no drift.
    """
    known: dict[tuple[str, ...], dict[int, Sums]] = defaultdict(dict)
    for row in rows:
        days, day = known[row[:6]], row[6]
        both = zip(days.get(day, _NONE), map(int, row[7:]), strict=True)
        days[day] = tuple(map(sum, both))  # type: ignore[assignment]
    for of, by_day in sorted(known.items()):

        def agreed(day: int, seen: Sums, of: tuple[str, ...] = of) -> Allowed | None:
            return allowed(contracts, of, cells.date(day), (seen[0], seen[1]))

        drifts = drifting(by_day, cells.days, agreed)
        for one in {drift.since: drift for drift in drifts if drift.day >= 0}.values():
            yield _finding(cells, of, one), Charges(of, one.since, one.day)


def drifting(days: dict[int, Sums], until: int, agreed: Agreed = nothing_agreed) -> list[Drift]:
    """Return the days whose fees lie above what was agreed, or before, up to `until`."""
    found: list[Drift] = []
    out: set[int] = set()
    for day in sorted(day for day in days if day < until):
        window = [each for each in sorted(days) if day - FEE_DAYS < each <= day]
        late = _fewest(days, window)
        before = [each for each in days if each < min(late) and each not in out]
        by_contract = _beyond(days, late, agreed)
        drift = None if by_contract is not None else _drift(days, late, before)
        if drift is None and not by_contract:
            continue
        last = found[-1] if found and day - found[-1].day <= FEE_DAYS else None
        since, first_seen = (last.since, last.found) if last else (min(late), day)
        lasting = [each for each in days if since <= each <= day]
        sums = _sum(days, lasting)
        if drift is None:
            usual = float(sum(_allowed_minor(days, each, agreed) for each in lasting))
        else:
            usual = drift[0] * sums[1] + drift[1] * sums[0]
        found.append(Drift(since, day, first_seen, sums, usual, drift is None))
        out |= set(lasting)
    return found


def _fewest(days: dict[int, Sums], window: list[int]) -> list[int]:
    """Return the fewest last days that have FEES_MIN settlements, or all of them."""
    for n in range(1, len(window) + 1):
        if _sum(days, window[-n:])[0] >= FEES_MIN:
            return window[-n:]
    return window


def _beyond(days: dict[int, Sums], late: list[int], agreed: Agreed) -> bool | None:
    """Tell whether days were charged beyond the contracts; none where these don't say it all."""
    terms = [agreed(day, days[day]) for day in late]
    seen, known = _sum(days, late), [one for one in terms if one is not None]
    if not known or len(known) < len(terms):
        return None
    most = float(sum(one.most_minor for one in known))
    is_beyond = seen[2] >= (1 + AGREED_MIN) * most and seen[2] > most + seen[0]
    if is_beyond:
        return seen[0] >= FEES_MIN
    return False if all(one.is_plain for one in known) else None


def _allowed_minor(days: dict[int, Sums], day: int, agreed: Agreed) -> float:
    """Return the most that a day may be charged; what it was where no contract says it."""
    terms = agreed(day, days[day])
    return float(terms.most_minor) if terms is not None else float(days[day][2])


def _drift(days: dict[int, Sums], late: list[int], before: list[int]) -> tuple[float, float] | None:
    """Return the line of the days before, if the last ones lie far above it."""
    usual, seen = _sum(days, before), _sum(days, late)
    fitted = line(usual)
    if fitted is None or usual[0] < FEES_KNOWN or seen[0] < FEES_MIN:
        return None
    expected = fitted[0] * seen[1] + fitted[1] * seen[0]
    return fitted if expected > 0 and seen[2] >= (1 + DRIFT_MIN) * expected else None


def _sum(days: dict[int, Sums], which: Iterable[int]) -> Sums:
    columns = list(zip(*(days[each] for each in which), strict=True))
    return tuple(map(sum, columns)) if columns else _NONE  # type: ignore[return-value]


def _finding(cells: Cells, of: tuple[str, ...], one: Drift) -> Finding:
    gateway, account, method, brand, currency, balance = of
    texts, kind = cells.texts, Kind.FEE_DRIFT
    return Finding(
        anomaly_id=anomaly_id(kind, cells.date(one.found), *of),
        kind=kind,
        headline=texts(
            f"{'agreed' if one.is_agreed else 'drift'}.headline",
            place=texts.place(gateway, account),
            more=texts.share(one.sums[2] / one.usual_minor - 1, 0),
            brand=brand,
            method=texts.brand(method),
            day=texts.short_day(cells.date(one.since)),
        ),
        reasons=_reasons(texts, currency, balance, one),
        gateway=gateway,
        account=account,
        method=method,
        currency=balance,
        amount_minor=one.extra_minor,
        began_at=cells.begins_at(one.since),
        ended_at=cells.begins_at(one.day + 1),
        found_on=cells.date(one.found),
        like="fees " + "/".join(of),
        level=round(10_000 * one.sums[2] / one.sums[1]),
        surprise=min(one.sums[0], 20),
        count=one.sums[0],
        is_new=one.found >= 0,
    )


def _reasons(texts: Texts, currency: str, balance: str, one: Drift) -> tuple[str, str]:
    usual_share, share = one.usual_minor / one.sums[1], one.sums[2] / one.sums[1]
    which = "agreed" if one.is_agreed else "drift"
    figures = texts(
        f"{which}.reason",
        payments=one.sums[0],
        currency=currency,
        charged=texts.printed(one.sums[2], balance),
        share=texts.share(share, 2),
        usual=texts.printed(one.usual_minor, balance),
        usual_share=texts.share(usual_share, 2),
    )
    if one.is_agreed:
        return figures, texts("agreed.least", least=FEES_MIN, more=texts.share(AGREED_MIN, 0))
    more = texts.share(DRIFT_MIN, 0)
    return figures, texts("drift.least", known=FEES_KNOWN, least=FEES_MIN, more=more)
