"""What needs someone: what is out of its band to the merchant's loss, the worst first."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from kassa.archive.tallies import Rollup
from kassa.core.model import Model
from kassa.core.periods import Period
from kassa.gateways.declines import DeclineAction
from kassa.reports.breakdown.compared import Compared, attempted
from kassa.reports.breakdown.declines import Declined
from kassa.reports.breakdown.lines import gateway_of, method_of
from kassa.reports.breakdown.normal import History, days_before

THINGS_MAX = 3
DAY_ATTEMPTS_MIN = 5  # of a day's, before it ends the run of days that something lasts
# Which figures of a currency, out of their band to this side, are somebody's to look at.
WORSE = {"net": -1, "refund_rate": 1, "dispute_rate": 1, "refunds": 1, "disputes": 1, "fees": 1}
ABOUT = {
    **{"refund_rate": "refunds", "refunds": "refunds"},
    **{"dispute_rate": "disputes", "disputes": "disputes"},
    **{"failing": "method", "silent": "method", "fewer": "method"},
}
MERCHANTS = {DeclineAction.FIX_ACCOUNT, DeclineAction.FIX_REQUEST}
FIRST = 1_000.0  # what is wrong in the books comes before whatever is unusual


class Need(Model):
    """One thing that needs someone; `code` names its sentence, which each language has."""

    code: str
    score: float  # how far out, in usual distances; the worst first
    currency: str | None = None
    gateway: str | None = None
    method: str | None = None
    figure: str | None = None
    value: float | None = None  # minor units or a rate, as the figure's
    usual: float | None = None
    count: int | None = None  # of what the value is
    since: date | None = None  # the first of the days without a break that it lasts


class Lately(NamedTuple):
    """What happened day by day up to the period's last."""

    days: Sequence[date]  # the latest first
    rows: dict[date, list[Rollup]]

    @classmethod
    def of(cls, rows: Iterable[Rollup], history: History, period: Period) -> "Lately":
        """Put the period's own days before those of history."""
        found: dict[date, list[Rollup]] = {}
        before = days_before(period)
        earlier = [row for day in before for row in history.rows.get(day, ())]
        for row in (*rows, *earlier):
            if row.day:
                found.setdefault(row.day, []).append(row)
        return cls((*reversed(period.days), *before), found)

    def failing_since(self, compared: Compared, above: float) -> date | None:
        """Return since when a method fails more often than a rate; quiet days don't count."""
        place, first = (compared.gateway, compared.method), None
        for day in self.days:
            rows = [r for r in self.rows.get(day, ()) if (gateway_of(r), method_of(r)) == place]
            rate = attempted(rows).get("failure_rate")
            if rate is None or rate.volume < DAY_ATTEMPTS_MIN:
                continue
            if rate.value <= above:
                break
            first = day
        return first


def needs(
    found: Sequence[Compared], declined: Sequence[Declined], lately: Lately, unproven: Sequence[str]
) -> tuple[Need, ...]:
    """Return the worst things; `unproven` names currencies whose sums don't equal postings."""
    every = [
        *(Need(code="unproven", score=FIRST, currency=currency) for currency in unproven),
        *(need for one in found if (need := _need(one, lately)) is not None),
        *_of_merchant(declined),
    ]
    every.sort(key=lambda need: (-need.score, need.code, need.currency or "", need.gateway or ""))
    return tuple(_each_once(every))[:THINGS_MAX]


def _need(one: Compared, lately: Lately) -> Need | None:
    if one.normal is None or one.normal.has(one.value):
        return None
    reach = (one.normal.high - one.normal.low) / 2
    is_above = one.value > one.normal.high
    score = round(3 * abs(one.value - one.normal.middle) / reach, 3) if reach else FIRST / 2
    need = Need(
        code="",
        score=score,
        currency=one.currency,
        gateway=one.gateway,
        method=one.method,
        figure=one.figure,
        value=one.value,
        usual=one.normal.middle,
        count=one.volume,
    )
    if one.gateway and one.figure == "failure_rate" and is_above:
        since = lately.failing_since(one, one.normal.high)
        return need.model_copy(update={"code": "failing", "since": since})
    if one.gateway and one.figure == "captures" and not is_above:
        return need.model_copy(update={"code": "silent" if not one.value else "fewer"})
    if one.currency and WORSE.get(one.figure) == (1 if is_above else -1):
        return need.model_copy(update={"code": one.figure})
    return None


def _of_merchant(declined: Iterable[Declined]) -> Iterator[Need]:
    """Attempts that failed by what the merchant alone can mend, however usual they are."""
    for one in declined:
        if one.action in MERCHANTS:
            yield Need(
                code=str(one.action),
                score=1.0,
                gateway=one.gateway,
                figure=one.code,
                count=one.attempts,
            )


def _each_once(every: Iterable[Need]) -> Iterator[Need]:
    """Say once what a rate and an amount say alike, and of each method its worst."""
    seen: set[tuple[str | None, ...]] = set()
    for need in every:
        about = ABOUT.get(need.code, f"{need.code} {need.figure}")
        key = (about, need.currency, need.gateway, need.method)
        if key not in seen:
            seen.add(key)
            yield need
