"""Each rule at its threshold: what just reaches it is found, what just misses it is not."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kassa.reports.anomalies.finding import Finding, Kind
from kassa.reports.anomalies.marks import REACH, Entered, mark_of
from kassa.reports.anomalies.rank import ranked
from kassa.reports.anomalies.rules import hours, payments, rates, silence
from kassa.reports.anomalies.rules.bands import MONTH, Rate, is_out, outside
from kassa.reports.anomalies.rules.fees import drifting
from kassa.reports.anomalies.rules.localization import in_english
from tests.support.anomaly_rows import (
    AT,
    MINUTE_US,
    bought,
    cells,
    declined,
    large,
    of,
    pair,
    small_run,
)


@pytest.mark.parametrize(
    ("minutes", "order", "earlier"),
    [(24 * 60, "A-1", "A-1"), (30, "A-1", "A-2"), (30, None, "A-2"), (5, "A-1", "B")],
)
def test_payments_are_duplicates_up_to_a_gap_that_their_orders_say(
    minutes: int, order: str | None, earlier: str | None
) -> None:
    within, beyond = minutes * MINUTE_US, minutes * MINUTE_US + 1
    assert len(list(payments.duplicates([pair(within, order, earlier)], "UTC", in_english()))) == 1
    assert list(payments.duplicates([pair(beyond, order, earlier)], "UTC", in_english())) == []


@pytest.mark.parametrize(
    ("rule", "reaches", "misses"),
    [
        (declined, (4,), [(3,)]),
        (small_run, (15, 21), [(14, 14), (15, 22)]),
        (bought, (6, 6), [(5, 5), (6, 5)]),
        (large, (5_000, 5, 10), [(4_999, 5, 10), (5_000, 4, 10), (5_000, 5, 338)]),
    ],
)
def test_a_payment_s_rule_finds_from_its_threshold_on(
    rule: Callable[..., list[Finding]], reaches: tuple[int, ...], misses: list[tuple[int, ...]]
) -> None:
    assert len(rule(*reaches)) == 1
    assert [rule(*missed) for missed in misses] == [[] for _ in misses]


USUAL = Rate(50, 1_000)


@pytest.mark.parametrize(
    ("seen", "usual", "expected"),
    [
        (Rate(12, 20), USUAL, True),
        (Rate(5, 10), Rate(0, 100), True),
        (Rate(4, 10), Rate(0, 1_000), False),  # too few failed
        (Rate(9, 9), Rate(0, 1_000), False),  # too few were tried
        (Rate(5, 10), Rate(0, 59), False),  # too little is known
        (Rate(900, 10_000), USUAL, False),  # surprising, and less than twice as often
        (Rate(5, 40), USUAL, False),  # more than twice as often, and no surprise
    ],
)
def test_a_rate_is_out_of_its_band_if_far_surprising_and_of_enough(
    seen: Rate, usual: Rate, expected: bool
) -> None:
    assert is_out(seen, usual) is expected


def test_a_rate_is_out_since_its_first_day_and_found_once() -> None:
    series = {day: Rate(2, 40) for day in range(-30, 10)}
    series |= {day: Rate(30, 40) for day in range(3, 7)}
    found = outside(series, -30, 10)

    assert {(one.since, one.found) for one in found} == {(3, 3)}
    assert [one.day for one in found][:4] == [3, 4, 5, 6]
    assert found[0].usual == Rate(66, 1320)


def test_a_rate_that_stays_becomes_usual_after_a_month() -> None:
    series = {day: Rate(2 if day < 0 else 20, 40) for day in range(-30, 90)}
    days = [one.day for one in outside(series, -30, 90)]
    assert days[0] == 0
    assert max(days) < MONTH + 14 + 7


def test_fewer_days_than_two_weeks_tell_nothing_of_a_band() -> None:
    series = {-n: Rate(2, 40) for n in range(1, 14)} | {0: Rate(30, 40)}
    assert outside(series, -13, 1) == []
    assert len(outside(series | {-14: Rate(2, 40)}, -14, 1)) == 1


def charged(count: int, bp: int) -> tuple[int, int, int, int, int]:
    """Return the sums of so many payments charged so many hundredths of a percent, and 25."""
    xs = [1_000 + 100 * n for n in range(count)]
    ys = [x * bp // 10_000 + 25 for x in xs]
    return (count, sum(xs), sum(ys), sum(x * x for x in xs),
            sum(x * y for x, y in zip(xs, ys, strict=True)))  # fmt: skip


@pytest.mark.parametrize(
    ("known", "last", "bp", "expected"),
    [(30, 5, 250, [0]), (29, 5, 250, []), (30, 4, 250, []), (30, 5, 150, []), (30, 5, 165, [])],
)
def test_fees_drift_if_enough_of_them_are_a_tenth_dearer(
    known: int, last: int, bp: int, expected: list[int]
) -> None:
    days = {-10: charged(known, 150), 0: charged(last, bp)}
    assert [one.day for one in drifting(days, 1)] == expected


@pytest.mark.parametrize(("refunds", "found"), [(8, 1), (7, 0)])
def test_a_burst_of_refunds_has_eight_at_least(refunds: int, found: int) -> None:
    known = cells(*(of(-n, 9, "RefundSucceeded", 1) for n in range(1, 21)))
    peaks = [("stripe", "main", 0, refunds, AT)]
    assert len(list(rates.refund_bursts(peaks, known, {}))) == found


@pytest.mark.parametrize(("silent", "found"), [(0.0, 1), (2.0, 0)])
def test_a_burst_of_refunds_is_more_than_days_and_than_was_held_back(
    silent: float, found: int
) -> None:
    known = cells(*(of(-n, 9, "RefundSucceeded", 4) for n in range(1, 21)))
    held = {("stripe", "main"): silent}
    assert len(list(rates.refund_bursts([("stripe", "main", 0, 10, AT)], known, held))) == found
    assert list(rates.refund_bursts([("stripe", "main", 0, 9, AT)], known, {})) == []


@pytest.mark.parametrize(
    ("disputes", "captures", "found"), [(10, 666, 1), (9, 100, 0), (10, 667, 0)]
)
def test_disputes_are_above_the_limit_from_one_and_a_half_percent_on(
    disputes: int, captures: int, found: int
) -> None:
    known = cells(of(-5, 9, "PaymentCaptured", captures), of(0, 9, "DisputeOpened", disputes))
    assert len(list(rates.dispute_ratios(known))) == found


@pytest.mark.parametrize(("count", "weeks", "found"), [(10, 6, 1), (9, 6, 0), (10, 5, 0)])
def test_an_hour_is_unusual_of_ten_captures_and_six_weeks(
    count: int, weeks: int, found: int
) -> None:
    first = of(-7 * weeks, 0, "CheckoutCompleted", 1)
    known = cells(first, of(0, 3, "PaymentCaptured", count, count * 30_00))
    assert len(list(hours.unusual_hours(known))) == found


def spoken(events: int) -> dict[int, int]:
    """Return five weeks in which an account says so much each hour."""
    return dict.fromkeys(range(-5 * 168, 24), events)


def test_a_silence_is_told_only_while_others_speak_and_much_is_missed() -> None:
    quiet = {hour: count for hour, count in spoken(3).items() if hour < 4}
    others, silent_others = [spoken(3)], [quiet]
    assert [one.since for one in silence.quiets(quiet, others, -5 * 168, 24)] == [4]
    assert silence.quiets(quiet, silent_others, -5 * 168, 24) == []
    assert silence.quiets(quiet, others, -168, 24) == []  # one week is known
    few = {hour: count for hour, count in spoken(1).items() if hour < 4}
    assert silence.quiets(few, others, -5 * 168, 24) == []  # twenty events are missed


def finding(n: int, minor: int, **more: Any) -> Finding:
    at = datetime(2026, 11, 20, tzinfo=UTC) + timedelta(hours=n)
    fields: dict[str, Any] = {
        "currency": "EUR",
        "amount_minor": minor,
        "level": minor,
        "surprise": 5,
    }
    fields |= {"like": "customer cus", "surprise": 5} | more
    return Finding(
        anomaly_id=f"2026-11-20-{n}", kind=Kind.VELOCITY, headline="h", reasons=(), began_at=at,
        ended_at=at, found_on=at.date(), count=1, **fields,
    )  # fmt: skip


def test_a_mark_reaches_a_quarter_further_than_it_was_and_to_its_like_alone() -> None:
    mark = mark_of(finding(1, 100), "club", datetime(2026, 11, 20, tzinfo=UTC))
    assert REACH == 1.25
    assert mark.covers(finding(2, 125))
    assert not mark.covers(finding(2, 126))
    assert not mark.covers(finding(2, 100, like="customer other"))
    assert not mark.covers(finding(2, 100).model_copy(update={"kind": Kind.CARD_TESTING}))


def test_the_worst_comes_first_by_money_times_surprise_and_what_lasts_is_not_alerted() -> None:
    found = [finding(1, 100), finding(2, 900), finding(3, 500, surprise=10),
             finding(4, 5_000, is_new=False)]  # fmt: skip
    order = ranked(found, {"EUR": 10_000}, Entered(alerts_a_day=2))
    assert [one.anomaly_id[-1] for one in order] == ["4", "3", "2", "1"]
    assert [one.is_alert for one in order] == [False, True, True, False]
