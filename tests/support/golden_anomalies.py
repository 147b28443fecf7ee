"""The golden shop's days, one after the other, as the anomaly report of each sees them.

Files are made as a closed day leaves them, and read as a manifest would name them; the bucket is
left out, since a year is many of them.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from kassa.archive import counting, warehouse
from kassa.archive.rollups import KEPT, keep_part
from kassa.core.periods import Period, day_of
from kassa.reports.anomalies.find import find, prepared
from kassa.reports.anomalies.finding import Finding
from kassa.reports.anomalies.rules.cells import PAST_DAYS
from tests.support.golden_shop.planted import Kind as PlantedKind
from tests.support.golden_shop.planted import Planted
from tests.support.golden_shop.shop import GoldenShop


class KeptDay(NamedTuple):
    """What a closed day leaves for later reports."""

    facts: Path
    rollup: Path
    payments: Path


class Score(NamedTuple):
    """How alarms compare with what was planted."""

    planted: int
    found: int
    missed: tuple[Planted, ...]
    false: tuple[Finding, ...]
    weeks: float

    @property
    def recall(self) -> float:
        """Return which part of what is wrong was found."""
        return self.found / self.planted

    @property
    def false_a_week(self) -> float:
        """Return how many alarms a week were about nothing."""
        return len(self.false) / self.weeks


def findings_of_days(
    shop: GoldenShop, folder: Path, first: int = 0, last: int = 366
) -> Iterator[tuple[date, list[Finding]]]:
    """Yield what each day's report finds of a shop, for some of its days."""
    zone, by_day = shop.setting.time_zone, defaultdict[date, list[Any]](list)
    for fact in shop.facts:
        by_day[day_of(fact.metadata.booked_at, zone)].append(fact)
    kept: dict[date, KeptDay] = {}
    days = [shop.setting.first_day + timedelta(days=n) for n in range(shop.setting.days)]
    for number, day in enumerate(days):
        if number >= last:
            return
        period = Period.of(day, zone)
        known = [kept[each] for each in days[max(0, number - PAST_DAYS) : number]]
        kept[day] = _written(folder, period, by_day[day])
        with counting.counted([kept[day].facts], period, "main") as facts:  # once for both
            keep_part(_kept_in(folder, period), facts, period, day)
            found = _found(facts, period, known) if number >= first else []
        if number >= first:
            yield day, found


def findings_of(period: Period, files: Sequence[Path], known: Sequence[KeptDay]) -> list[Finding]:
    """Return what a report of a period finds."""
    with counting.counted(files, period, "main") as facts:
        return _found(facts, period, known)


def _found(facts: Any, period: Period, known: Sequence[KeptDay]) -> list[Finding]:
    rollups, payments = ([one[n] for one in known] for n in (1, 2))
    return find(facts, prepared(facts, period, (rollups, payments)))


def keep_day(folder: Path, period: Period, facts: Sequence[Any]) -> KeptDay:
    """Write what a closed day leaves."""
    kept = _written(folder, period, facts)
    with counting.counted([kept.facts], period, "main") as counted:
        keep_part(_kept_in(folder, period), counted, period, period.day)
    return kept


def _written(folder: Path, period: Period, facts: Sequence[Any]) -> KeptDay:
    kept = KeptDay(*(folder / f"{period.day}-{name}.parquet" for name in KeptDay._fields))
    kept.facts.write_bytes(warehouse.to_parquet(facts))
    return kept


def _kept_in(folder: Path, period: Period) -> dict[str, Path]:
    return {name: folder / f"{period.day}-{name}.parquet" for name in KEPT}


def score(shop: GoldenShop, found: Sequence[Finding]) -> Score:
    """Compare new findings with what was planted: same kind, and a payment or hours in common."""
    wrong = [one for one in shop.planted if one.kind.is_wrong]
    loud = [one for one in shop.planted if one.kind is PlantedKind.SALE_DAY]
    missed = [one for one in wrong if not any(_hits(each, one) for each in found)]
    false = [
        each
        for each in found
        if not any(_hits(each, one) for one in wrong) and not any(_meet(each, one) for one in loud)
    ]
    return Score(
        len(wrong), len(wrong) - len(missed), tuple(missed), tuple(false), shop.setting.days / 7
    )


def _hits(found: Finding, planted: Planted) -> bool:
    if found.kind.value != planted.kind.value:
        return False
    if set(found.subject_ids) & set(planted.subject_ids):
        return True
    is_its = (found.gateway, found.account) == (planted.gateway, planted.account)
    return is_its and not planted.subject_ids and _meet(found, planted)


def _meet(found: Finding, planted: Planted) -> bool:
    return found.began_at < planted.ends_at and planted.begins_at < found.ended_at
