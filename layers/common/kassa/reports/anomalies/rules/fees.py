"""Rule about fees: an account charges more than the line its own fees lay on before.

A fee is a percentage and a fixed part, so the fees of a method, brand and currency lie on a line.
It is fitted from the days before, and what the last days were charged is compared with it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from kassa.reports.anomalies.finding import (
    Finding,
    Kind,
    anomaly_id,
    gateway_name,
    in_words,
    method_name,
    sampled,
)
from kassa.reports.anomalies.rules.cells import Cells
from kassa.reports.anomalies.rules.robust import line

FEES_KNOWN = 30  # settlements before the days that are looked at
FEES_MIN = 5  # settlements of those days
FEE_DAYS = 7
DRIFT_MIN = 0.10  # of the usual fee; what a contract changes by is mostly less
Sums = tuple[int, int, int, int, int]
_NONE: Sums = (0, 0, 0, 0, 0)


class Day(NamedTuple):
    """What was charged on a day, as sums, and the payments it was charged for."""

    sums: Sums
    subject_ids: tuple[str, ...]
    event_ids: tuple[str, ...]


class Drift(NamedTuple):
    """Fees above their line: of which days, by how much."""

    since: int
    day: int
    found: int
    sums: Sums
    usual_minor: float

    @property
    def extra_minor(self) -> int:
        """Return what was charged above the line."""
        return round(self.sums[2] - self.usual_minor)


def fee_drift(rows: Iterable[tuple[Any, ...]], cells: Cells) -> Iterator[Finding]:
    """Find methods whose settlements are charged DRIFT_MIN more than before."""
    known: dict[tuple[str, ...], dict[int, Day]] = defaultdict(dict)
    for row in rows:
        count, gross, fee, squares, product, subjects, events = row[7:]
        sums = (count, gross, fee, int(squares), int(product))
        known[row[:6]][row[6]] = Day(sums, tuple(subjects), tuple(events))
    for of, days in sorted(known.items()):
        drifts = drifting({day: each.sums for day, each in days.items()}, cells.days)
        for one in {drift.since: drift for drift in drifts if drift.day >= 0}.values():
            yield _finding(cells, of, one, days)


def drifting(days: dict[int, Sums], until: int) -> list[Drift]:
    """Return the days whose fees lie above the line of the days before, up to `until`."""
    found: list[Drift] = []
    out: set[int] = set()
    for day in sorted(day for day in days if day < until):
        window = [each for each in sorted(days) if day - FEE_DAYS < each <= day]
        late = _fewest(days, window)
        before = [each for each in days if each < min(late) and each not in out]
        drift = _drift(days, late, before)
        if drift is None:
            continue
        last = found[-1] if found and day - found[-1].day <= FEE_DAYS else None
        since, first_seen = (last.since, last.found) if last else (min(late), day)
        lasting = [each for each in days if since <= each <= day]
        sums = _sum(days, lasting)
        usual = drift[0] * sums[1] + drift[1] * sums[0]
        found.append(Drift(since, day, first_seen, sums, usual))
        out |= set(lasting)
    return found


def _fewest(days: dict[int, Sums], window: list[int]) -> list[int]:
    """Return the fewest last days that have FEES_MIN settlements, or all of them."""
    for n in range(1, len(window) + 1):
        if _sum(days, window[-n:])[0] >= FEES_MIN:
            return window[-n:]
    return window


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


def _finding(cells: Cells, of: tuple[str, ...], one: Drift, days: dict[int, Day]) -> Finding:
    gateway, account, method, brand, currency, balance = of
    kind, more = Kind.FEE_DRIFT, one.sums[2] / one.usual_minor - 1
    shown = [days[day] for day in days if one.since <= day <= one.day]
    usual_share, share = one.usual_minor / one.sums[1], one.sums[2] / one.sums[1]
    return Finding(
        anomaly_id=anomaly_id(kind, cells.date(one.found), *of),
        kind=kind,
        headline=f"{gateway_name(gateway, account)} charges {more:.0%} more than before for"
        f" {brand} {method_name(method).lower()} payments since {cells.date(one.since)}",
        reasons=(
            f"{one.sums[0]} payments in {currency} were charged"
            f" {in_words(one.sums[2], balance)}, {share:.2%}; by the line of the fees before it"
            f" would be {in_words(round(one.usual_minor), balance)}, {usual_share:.2%}",
            f"{FEES_KNOWN} earlier settlements, {FEES_MIN} of the last days and {DRIFT_MIN:.0%}"
            " more are the least that counts",
        ),
        gateway=gateway,
        account=account,
        method=method,
        currency=balance,
        amount_minor=one.extra_minor,
        began_at=cells.begins_at(one.since),
        ended_at=cells.begins_at(one.day + 1),
        found_on=cells.date(one.found),
        like="fees " + "/".join(of),
        level=round(10_000 * share),
        surprise=min(one.sums[0], 20),
        count=one.sums[0],
        subject_ids=sampled(id_ for day in shown for id_ in day.subject_ids),
        event_ids=sampled(id_ for day in shown for id_ in day.event_ids),
        is_new=one.found >= 0,
    )
