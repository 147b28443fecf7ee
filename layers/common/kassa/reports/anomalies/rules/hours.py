"""Rule about hours: far more is sold than in the same hour of the weeks before."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

from kassa.reports.anomalies.finding import SURPRISE_MAX, Finding, Kind, anomaly_id
from kassa.reports.anomalies.rules.bands import Rate
from kassa.reports.anomalies.rules.cells import Account, Cells
from kassa.reports.anomalies.rules.localization import Texts
from kassa.reports.anomalies.rules.parts import Counted, Part
from kassa.reports.anomalies.rules.robust import median, spread

HOUR_MIN = 10  # captures
HOUR_WEEKS_MIN = 6  # weeks with the same hour that are known
HOUR_DEVIATIONS = 8


def unusual_hours(cells: Cells) -> Iterator[Counted]:
    """Find hours in which far more is sold than in the same hour of the weeks before."""
    sold: dict[str, dict[int, Rate]] = defaultdict(dict)
    by_account: dict[tuple[str, int], dict[Account, int]] = defaultdict(dict)
    for cell in cells.of("PaymentCaptured"):
        hour, account = cell.day * 24 + cell.hour, (cell.gateway, cell.account)
        counted = Rate(cell.events, cell.amount_minor)
        sold[cell.currency][hour] = sold[cell.currency].get(hour, Rate(0, 0)) + counted
        accounts = by_account[cell.currency, hour]
        accounts[account] = accounts.get(account, 0) + cell.amount_minor
    for currency, hours in sorted(sold.items()):
        for hour, (deviations, usual) in _odd(hours, cells.first_day * 24):
            accounts = by_account[currency, hour]
            most = max(accounts, key=lambda one: (accounts[one], one))
            yield _odd_hour(cells, (currency, hour, most), hours[hour], (deviations, usual))


def _odd(hours: dict[int, Rate], first: int) -> Iterator[tuple[int, tuple[float, float]]]:
    """Return the hours of the period in which too much was sold, by how much, and the usual."""
    for hour in sorted(hour for hour in hours if hour >= 0 and hours[hour].hits >= HOUR_MIN):
        weeks = [hour - 168 * n for n in range(1, 14) if hour - 168 * n >= first]
        if len(weeks) < HOUR_WEEKS_MIN:
            continue
        far = _deviations(hours[hour], [hours.get(each, Rate(0, 0)) for each in weeks])
        if far[0] >= HOUR_DEVIATIONS:
            yield hour, far


def _deviations(now: Rate, past: list[Rate]) -> tuple[float, float]:
    """Return how many deviations an hour's sales are above their median, and the median.

    Sales come by chance, so they spread by the root of their count, at least of one.
    """
    usual, count = median([one.tries for one in past]), median([one.hits for one in past])
    ticket = now.tries / now.hits
    deviation = max(spread([one.tries for one in past]), ticket * (count + 1) ** 0.5)
    return (now.tries - usual) / deviation, usual


def _odd_hour(
    cells: Cells, which: tuple[str, int, Account], now: Rate, far: tuple[float, float]
) -> Counted:
    (currency, hour, account), (deviations, usual) = which, far
    at, kind = cells.hour_at(hour), Kind.UNUSUAL_FOR_HOUR
    day = cells.date(hour // 24)
    texts = cells.texts
    finding = Finding(
        anomaly_id=anomaly_id(kind, day, currency, hour % 24),
        kind=kind,
        headline=texts(
            "hours.headline",
            sold=texts.printed(now.tries, currency),
            since=f"{hour % 24:02}:00",
            until=f"{(hour + 1) % 24:02}:00",
            day=texts.weekday(day),
            usual=texts.printed(usual, currency),
        ),
        reasons=(_reason(texts, now.hits, deviations),),
        gateway=account[0],
        account=account[1],
        currency=currency,
        amount_minor=now.tries - round(usual),
        began_at=at,
        ended_at=at + timedelta(hours=1),
        found_on=day,
        like=f"hour {currency} {day.isoweekday()} {hour % 24}",
        level=now.tries,
        surprise=int(min(deviations / 2, SURPRISE_MAX)),
        count=now.hits,
    )
    return Counted(finding, Part("PaymentCaptured", account, None, hour, hour + 1))


def _reason(texts: Texts, hits: int, deviations: float) -> str:
    least = {"least": HOUR_MIN, "weeks": HOUR_WEEKS_MIN, "least_deviations": HOUR_DEVIATIONS}
    return texts("hours.reason", hits=hits, deviations=texts.decimal(deviations, 0), **least)
