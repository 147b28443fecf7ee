"""Rule about silence: an account says nothing for longer than its own weeks explain.

What was to be expected is what it said in the same hours of the four weeks before, the mean of the
two quieter ones. Events come in bursts, so they count for less than they are. Where the other
accounts are as quiet, the shop may be closed, and nothing is said.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from kassa.reports.anomalies.finding import (
    SURPRISE_MAX,
    Finding,
    Kind,
    anomaly_id,
)
from kassa.reports.anomalies.rules.cells import Account, Cells

WEEK = 168
WEEKS = 4
WEEKS_MIN = 2
QUIET_MIN = 3  # hours
BURST = 3.0  # events come at once: attempt, checkout and capture are one payment
EXPECTED_MIN = 10.0  # bursts; one as long comes by chance every e to the 10th times
OPEN_SHARE = 0.4  # of what was to be expected of the others
OTHERS_MIN = 10.0  # events expected of them, before they can tell


class Quiet(NamedTuple):
    """Hours in which an account said nothing, and what was to be expected of it."""

    since: int
    until: int
    expected: float  # events


def silent_gateways(cells: Cells) -> Iterator[tuple[Finding, float]]:
    """Find accounts that are silent, with the days they are silent for."""
    spoken, first = cells.spoken(), cells.first_day * 24
    for account in sorted(spoken):
        others = [counts for name, counts in spoken.items() if name != account]
        for one in quiets(spoken[account], others, first, cells.ends_in):
            before = _weigh(spoken[account], one.since, 0, first)
            is_new = before is None or before.expected < EXPECTED_MIN * BURST
            yield _finding(cells, account, one, is_new), (one.until - one.since) / 24


def quiets(
    counts: Mapping[int, int], others: Sequence[Mapping[int, int]], first: int, until: int
) -> list[Quiet]:
    """Return the silences of an account that chance doesn't explain and others don't share."""
    received_in = sorted(hour for hour in counts if counts[hour] and hour < until)
    if not received_in:
        return []
    found = []
    for last, following in zip(received_in, [*received_in[1:], until], strict=True):
        if following - last - 1 < QUIET_MIN or following <= 0:
            continue
        one = _weigh(counts, last + 1, following, first)
        if one and one.expected >= EXPECTED_MIN * BURST and _others_speak(others, one, first):
            found.append(one)
    return found


def _weigh(counts: Mapping[int, int], since: int, until: int, first: int) -> Quiet | None:
    weeks = min(WEEKS, (since - first) // WEEK)
    if weeks < WEEKS_MIN or until <= since:
        return None
    past = sorted(
        sum(counts.get(hour - back, 0) for hour in range(since, until))
        for back in _backs(since, until, weeks)
    )
    return Quiet(since, until, sum(past[:2]) / 2)


def _backs(since: int, until: int, weeks: int) -> list[int]:
    """Return by how many hours to look back: whole weeks, all of them before the silence."""
    least = -(-(until - since) // WEEK)
    return [WEEK * (least + n) for n in range(weeks)]


def _others_speak(others: Sequence[Mapping[int, int]], one: Quiet, first: int) -> bool:
    expected = received = 0.0
    for counts in others:
        weighed = _weigh(counts, one.since, one.until, first)
        expected += weighed.expected if weighed else 0.0
        received += sum(counts.get(hour, 0) for hour in range(one.since, one.until))
    return expected >= OTHERS_MIN and received >= OPEN_SHARE * expected


def _finding(cells: Cells, account: Account, one: Quiet, is_new: bool) -> Finding:
    kind, texts = Kind.SILENT_GATEWAY, cells.texts
    since, until = cells.hour_at(one.since), cells.hour_at(one.until)
    found = one.since // 24 if is_new and one.since >= 0 else (0 if is_new else one.since // 24)
    lasts = "ongoing" if one.until >= cells.ends_in else "over"
    events = texts.decimal(one.expected, 0)
    return Finding(
        anomaly_id=anomaly_id(kind, cells.date(found), *account),
        kind=kind,
        headline=texts(
            f"silence.{lasts}",
            place=texts.place(*account),
            span=texts.span(until - since),
            expected=events,
        ),
        reasons=(
            texts(
                "silence.reason",
                since=texts.instant(since),
                until=texts.instant(until),
                expected=events,
            ),
            texts(
                "silence.least",
                events=texts.decimal(EXPECTED_MIN * BURST, 0),
                weeks=WEEKS_MIN,
            ),
        ),
        gateway=account[0],
        account=account[1],
        began_at=since,
        ended_at=until,
        found_on=cells.date(found),
        like=f"account {account[0]}/{account[1]}",
        level=one.until - one.since,
        surprise=int(min(one.expected / BURST / 2.3, SURPRISE_MAX)),
        count=0,
        is_new=is_new,
    )
