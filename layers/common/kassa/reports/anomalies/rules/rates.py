"""Rules about rates: a method that fails, refunds in a burst, disputes above the limits."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta

from kassa.reports.anomalies.finding import (
    SURPRISE_MAX,
    Finding,
    Kind,
    anomaly_id,
)
from kassa.reports.anomalies.rules.bands import Outside, Rate, outside
from kassa.reports.anomalies.rules.cells import Account, Cells
from kassa.reports.anomalies.rules.localization import Texts
from kassa.reports.anomalies.rules.parts import Counted, Part
from kassa.reports.anomalies.rules.robust import median, poisson_surprise

BURST_MIN = 8  # refunds within BURST_WITHIN
BURST_WITHIN = timedelta(hours=2)
BURST_DAYS = 2.5  # usual days' worth
BURST_KNOWN = 14  # days
DISPUTE_DAYS = 30
DISPUTES_MIN = 10
# Of captures; Visa's "excessive" since 2026-04-01 and Mastercard's ECM. Networks ask for more
# disputes than DISPUTES_MIN: docs/anomalies.md has their counts, sources and dates.
DISPUTE_LIMIT = 0.015
VISA_COUNT, MASTERCARD_COUNT = 1_500, 100


def method_failures(cells: Cells, explained: dict[tuple[Account, int], int]) -> Iterator[Counted]:
    """Find methods that fail far more often at an account than they did before.

    `explained` has the failed attempts of a day that are card testing already.
    """
    series: dict[tuple[Account, str], dict[int, Rate]] = defaultdict(dict)
    for cell in cells.of("PaymentFailed", "PaymentCaptured"):
        key, hits = ((cell.gateway, cell.account), cell.method), cell.events
        counted = Rate(hits if cell.fact == "PaymentFailed" else 0, hits)
        series[key][cell.day] = series[key].get(cell.day, Rate(0, 0)) + counted
    for (account, method), rates in sorted(series.items()):
        for (_, day), less in _of(explained, account, method):
            before = rates.get(day, Rate(0, 0))
            fewer = min(less, before.hits)
            rates[day] = Rate(before.hits - fewer, before.tries - fewer)
        for last in _last_of_each(outside(rates, cells.first_day, cells.days), cells):
            yield _failing(cells, account, method, last)


def _of(
    explained: dict[tuple[Account, int], int], account: Account, method: str
) -> list[tuple[tuple[Account, int], int]]:
    return [one for one in explained.items() if one[0][0] == account and method == "card"]


def _last_of_each(days: Iterable[Outside], cells: Cells) -> list[Outside]:
    """Return the last day out of its band within the period, of each time that lasts."""
    return list({one.since: one for one in days if one.day >= 0}.values())


def _failing(cells: Cells, account: Account, method: str, one: Outside) -> Counted:
    texts = cells.texts
    share = one.seen.hits / one.seen.tries
    first, last = cells.date(one.since), cells.date(one.day)
    since = texts.weekday(first) if one.day - one.since < 7 else texts.short_day(first)
    lasts = one.since < one.day
    when = texts(
        "failures.since" if lasts else "failures.on", day=since if lasts else texts.weekday(last)
    )
    finding = Finding(
        anomaly_id=anomaly_id(
            Kind.METHOD_FAILURES, cells.date(one.found), *account, method, cells.date(one.found)
        ),
        kind=Kind.METHOD_FAILURES,
        headline=texts(
            "failures.headline",
            method=texts.method(method),
            place=texts.place(*account),
            times=texts.times(one.times),
            when=when,
        ),
        reasons=(_failed(texts, one),),
        gateway=account[0],
        account=account[1],
        method=method,
        began_at=cells.begins_at(one.since),
        ended_at=cells.begins_at(one.day + 1),
        found_on=cells.date(one.found),
        like=f"method {account[0]}/{account[1]} {method}",
        level=round(1000 * share),
        surprise=int(min(one.surprise, SURPRISE_MAX)),
        count=one.seen.hits,
        is_new=one.found >= 0,
    )
    part = Part("PaymentFailed", account, method, one.since * 24, (one.day + 1) * 24)
    return Counted(finding, part)


def _failed(texts: Texts, one: Outside) -> str:
    return texts(
        "failures.reason",
        hits=one.seen.hits,
        tries=one.seen.tries,
        share=texts.share(one.seen.hits / one.seen.tries),
        usual=texts.share(one.usual.hits / one.usual.tries),
        usual_tries=texts.number(one.usual.tries),
    )


def refund_bursts(
    peaks: Iterable[tuple[str, str, int, int, int]], cells: Cells, held_back: dict[Account, float]
) -> Iterator[Counted]:
    """Find two hours in which an account refunds as much as it does in days.

    `held_back` are the days an account was silent for: what it says after them is no burst.
    """
    daily: dict[Account, dict[int, int]] = defaultdict(dict)
    for cell in cells.of("RefundSucceeded"):
        days = daily[cell.gateway, cell.account]
        days[cell.day] = days.get(cell.day, 0) + cell.events
    if -cells.first_day < BURST_KNOWN:
        return
    for gateway, account, day, refunds, at_us in peaks:
        known = daily[gateway, account]
        usual = median([known.get(each, 0) for each in range(cells.first_day, 0)])
        mean = sum(known.get(each, 0) for each in range(cells.first_day, 0)) / -cells.first_day
        silent = held_back.get((gateway, account), 0.0)
        if refunds < max(BURST_MIN, BURST_DAYS * max(usual, mean)) + silent * max(usual, mean, 1):
            continue
        yield _burst(cells, (gateway, account), day, refunds, (at_us, mean))


def _burst(
    cells: Cells, account: Account, day: int, refunds: int, at_and_mean: tuple[int, float]
) -> Counted:
    at_us, mean = at_and_mean
    texts, kind = cells.texts, Kind.REFUND_BURST
    until = cells.period.starts_at.fromtimestamp(at_us / 1e6, cells.period.starts_at.tzinfo)
    finding = Finding(
        anomaly_id=anomaly_id(kind, cells.date(day), *account),
        kind=kind,
        headline=texts(
            "burst.headline",
            refunds=refunds,
            place=texts.place(*account),
            mean=texts.decimal(mean, 1),
        ),
        reasons=(
            texts(
                "burst.reason",
                refunds=refunds,
                least=BURST_MIN,
                days=texts.decimal(BURST_DAYS, 1),
            ),
        ),
        gateway=account[0],
        account=account[1],
        began_at=until - BURST_WITHIN,
        ended_at=until,
        found_on=cells.date(day),
        like=f"account {account[0]}/{account[1]}",
        level=refunds,
        surprise=int(min(max(poisson_surprise(refunds, mean / 12), 1), SURPRISE_MAX)),
        count=refunds,
    )
    return Counted(finding, Part("RefundSucceeded", account, None, day * 24, (day + 1) * 24))


def dispute_ratios(cells: Cells) -> Iterator[Counted]:
    """Find accounts whose disputes of thirty days are above the networks' limit.

    Cards count where an account takes any, else all that it captured.
    """
    disputes: dict[Account, dict[int, int]] = defaultdict(dict)
    captures: dict[tuple[Account, bool], dict[int, int]] = defaultdict(dict)
    for cell in cells.of("DisputeOpened"):
        by_day = disputes[cell.gateway, cell.account]
        by_day[cell.day] = by_day.get(cell.day, 0) + cell.events
    for cell in cells.of("PaymentCaptured"):
        account = (cell.gateway, cell.account)
        for key in {(account, cell.method == "card"), (account, False)}:
            captures[key][cell.day] = captures[key].get(cell.day, 0) + cell.events
    for account, by_day in sorted(disputes.items()):
        taken = captures[account, True] or captures[account, False]
        days = [day for day in range(cells.first_day, cells.days) if _is_above(by_day, taken, day)]
        for run in (one for one in _runs(days) if one[1] >= 0):
            yield _disputed(cells, account, run, _ratio(by_day, taken, run[1]))


def _ratio(disputes: dict[int, int], taken: dict[int, int], day: int) -> Rate:
    window = range(day - DISPUTE_DAYS + 1, day + 1)
    return Rate(
        sum(disputes.get(each, 0) for each in window), sum(taken.get(each, 0) for each in window)
    )


def _is_above(disputes: dict[int, int], taken: dict[int, int], day: int) -> bool:
    ratio = _ratio(disputes, taken, day)
    return ratio.hits >= DISPUTES_MIN and ratio.hits >= DISPUTE_LIMIT * ratio.tries


def _runs(days: list[int]) -> list[tuple[int, int]]:
    """Return the first and last day of each run; a week's pause begins another."""
    runs: list[tuple[int, int]] = []
    for day in days:
        if runs and day - runs[-1][1] <= 7:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def _disputed(cells: Cells, account: Account, run: tuple[int, int], ratio: Rate) -> Counted:
    texts, kind, (began, last) = cells.texts, Kind.DISPUTE_RATIO, run
    share = ratio.hits / max(ratio.tries, 1)
    finding = Finding(
        anomaly_id=anomaly_id(kind, cells.date(began), *account),
        kind=kind,
        headline=texts(
            "disputes.headline",
            share=texts.share(share),
            place=texts.place(*account),
            days=DISPUTE_DAYS,
            limit=texts.share(DISPUTE_LIMIT),
        ),
        reasons=(
            texts(
                "disputes.reason",
                disputes=ratio.hits,
                captures=texts.number(ratio.tries),
                days=DISPUTE_DAYS,
                least=DISPUTES_MIN,
            ),
            texts(
                "disputes.networks",
                visa=texts.number(VISA_COUNT),
                mastercard=MASTERCARD_COUNT,
            ),
        ),
        gateway=account[0],
        account=account[1],
        began_at=cells.begins_at(began),
        ended_at=cells.begins_at(last + 1),
        found_on=cells.date(began),
        like=f"account {account[0]}/{account[1]}",
        level=round(10_000 * share),
        surprise=12,
        count=ratio.hits,
        is_new=began >= 0,
    )
    part = Part("DisputeOpened", account, None, min(began, 0) * 24, (last + 1) * 24)
    return Counted(finding, part)
