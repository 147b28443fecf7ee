"""The forecast: better than "as last week", within its band as often as it says, from rollups."""

import csv
import json
import math
import random
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.build_report.app import lambda_handler
from kassa.archive.archive_facts import archive_facts
from kassa.archive.manifests import Manifest
from kassa.archive.report_names import LAYOUT
from kassa.archive.tallies import Rollup
from kassa.core.periods import Period, PeriodKind
from kassa.core.postings import PostingKind
from kassa.gateways.states import MOVES
from kassa.platform import aws
from kassa.reports.breakdown.breakdown import history_of
from kassa.reports.forecast.documents import DOCUMENTS, documents
from kassa.reports.forecast.forecast import (
    COVERAGE,
    DAYS_MIN,
    WEEK,
    WEEKS_AHEAD,
    expected,
    forecast,
)
from kassa.reports.forecast.report import forecast_report
from kassa.reports.forecast.series import series_of, unbroken
from tests.support.aws_stack import Context, FakeClock, Stack
from tests.support.facts import captured, moved

SOLD = Path(__file__).parents[3] / "shared/data/datasets/pycaret/germany.csv"
FIRST = 16 * WEEK  # of the past, before the first forecast that is held against what came
STEP = 2 * WEEK


class Score(NamedTuple):
    """How forecasts of many series did."""

    better: float  # the share of series where they were closer than "as last week"
    covered: float  # the share of weeks within the band


def scored(series: list[list[int]]) -> Score:
    """Forecast each series from days of its second half, and hold that against what came."""
    better, covered = 0, []
    for days in series:
        ours = naive = 0
        for origin in range(max(FIRST, len(days) // 2), len(days) - WEEKS_AHEAD * WEEK, STEP):
            made = forecast(days[:origin])
            assert made
            for week in made.weeks:
                came = sum(days[origin + (week.number - 1) * WEEK : origin + week.number * WEEK])
                ours += abs(came - week.expected_minor)
                naive += abs(came - sum(days[origin - WEEK : origin]))
                covered.append(week.low_minor <= came <= week.high_minor)
        better += ours < naive
    return Score(better / len(series), sum(covered) / len(covered))


def a_shop(seed: int, days: int = 420) -> list[int]:
    """Return a shop's net by day: a weekly rhythm, a trend, a wandering level, noise, sales."""
    draw = random.Random(seed)
    rhythm = [draw.uniform(0.5, 1.6) for _ in range(WEEK)]
    level, trend = draw.choice([500.0, 5_000, 50_000, 500_000]), draw.uniform(-0.001, 0.002)
    noise, wander = draw.uniform(0.08, 0.5), draw.uniform(0.0, 0.02)
    found = []
    for day in range(days):
        level *= 1 + trend + draw.gauss(0, wander)
        sold = level * rhythm[day % WEEK] * draw.lognormvariate(0, noise)
        sold *= draw.uniform(1.5, 3) if draw.random() < 0.01 else 1
        lost = level * draw.random() / 2 if draw.random() < 0.2 else 0
        found.append(round((sold if draw.random() > 0.005 else 0) - lost))
    return found


def test_it_beats_last_week_on_most_shops_and_its_band_holds() -> None:
    score = scored([a_shop(seed) for seed in range(1_000, 1_060)])

    assert score.better >= 0.8
    assert abs(score.covered - COVERAGE) <= 0.05


def test_it_does_so_on_a_real_shop_and_its_groups_of_products() -> None:
    if not SOLD.exists():
        pytest.skip("the data of a real shop isn't here")
    score = scored(real_series(SOLD))

    assert score.better >= 0.8
    assert abs(score.covered - COVERAGE) <= 0.05


def real_series(path: Path) -> list[list[int]]:
    """Return the sales by day of a shop, and of its product groups that sold on 40 days."""
    whole, groups = Counter[date](), defaultdict[str, Counter[date]](Counter)
    with path.open(encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            day = datetime.strptime(row["InvoiceDate"].split()[0], "%m/%d/%Y").date()  # noqa: DTZ007
            amount = round(float(row["UnitPrice"]) * 100) * int(row["Quantity"])
            whole[day] += amount
            groups[row["StockCode"][:2]][day] += amount
    first, count = min(whole), (max(whole) - min(whole)).days + 1
    kept = [whole, *(one for one in groups.values() if len(one) > 40)]
    return [[one[first + timedelta(days=n)] for n in range(count)] for one in kept]


@given(st.lists(st.integers(-(10**12), 10**12), max_size=DAYS_MIN + 30))
def test_any_series_is_forecast_within_its_band_or_said_to_be_too_short(days: list[int]) -> None:
    made = forecast(days)

    if len(days) < DAYS_MIN:
        assert made is None
        return
    assert made
    assert [week.number for week in made.weeks] == [1, 2, 3, 4]
    for week in made.weeks:
        assert week.low_minor <= week.expected_minor <= week.high_minor
    assert made == forecast(days)


@given(st.integers(1, 10**9))
def test_what_never_changes_is_expected_to_go_on_exactly(amount_minor: int) -> None:
    made = forecast([amount_minor] * 70)

    assert made
    assert made.error_ratio is None
    for week in made.weeks:
        assert week.expected_minor == WEEK * amount_minor
        assert week.high_minor - week.low_minor <= 2


def test_a_trend_is_followed_but_not_for_ever() -> None:
    rising = [1_000 * (day // WEEK) for day in range(20 * WEEK)]
    weeks = expected(rising)
    steps = [after - before for before, after in pairwise(weeks)]

    assert all(0 < step < WEEK * 1_000 for step in steps)
    assert steps == sorted(steps, reverse=True)
    assert not any(map(math.isnan, weeks))


def test_days_before_a_gap_are_left_out() -> None:
    period = Period.of(date(2026, 11, 2), "UTC", PeriodKind.WEEKLY)
    days = [date(2026, 11, 8) - timedelta(days=n) for n in (0, 1, 2, 4, 5)]

    assert unbroken(days, period) == tuple(reversed(days[:3]))
    assert unbroken([], period) == ()


def row(day: date, kind: PostingKind, amount_minor: int) -> Rollup:
    """Return what a day's postings of a kind came to."""
    source, destination = MOVES[kind]
    return Rollup(
        day=day, currency="EUR", fact="PaymentCaptured", kind=kind, source=source,
        destination=destination, count=1, amount_minor=amount_minor,
    )  # fmt: skip


def test_every_document_says_what_rollups_of_eight_weeks_lead_to() -> None:
    week = Period.of(date(2026, 10, 26), "UTC", PeriodKind.WEEKLY)
    days = unbroken((week.days[-1] - timedelta(days=n) for n in range(DAYS_MIN)), week)
    rows = [row(day, PostingKind.CAPTURE, 100_00) for day in days]
    rows += [row(day, PostingKind.PAYOUT, 50_00) for day in days if day.weekday() == 0]
    report = forecast_report(series_of(history_of((), rows).rows, days, week), days[-1], len(days))
    made = documents(a_manifest(week), report)
    content = json.loads(made["forecast.json"])

    assert [line["forecast"]["weeks"][0]["expected_minor"] for line in content["lines"]] == [
        700_00,
        50_00,
    ]
    assert content["headlines"] == [
        "EUR: net of 700.00 from 2026-11-02 to 2026-11-08;"
        " between 700.00 and 700.00 in 8 of 10 weeks."
    ]
    assert b"EUR,net,2026-11-02,2026-11-08,700.00," in made["forecast.csv"]
    assert "700.00" in made["forecast.html"].decode()
    assert set(made) == set(DOCUMENTS)


def a_manifest(period: Period) -> Manifest:
    """Return the manifest of a closed period without files."""
    return Manifest(
        layout=LAYOUT, merchant_id="main", merchant_name="Kauppa", period=period, is_closed=True,
        built_at=period.closes_at, files=(),
    )  # fmt: skip


@pytest.fixture
def trade(stack: Stack, fake_clock: FakeClock, context: Context) -> Callable[[int], None]:
    """Return what closes days on which 100.00 came in, of which Mondays' 50.00 went to the bank."""

    def _trade(days: int) -> None:
        for n in range(days):
            noon = datetime(2026, 9, 7, 12, tzinfo=UTC) + timedelta(days=n)
            facts = [captured(f"p{n}", noon, (100_00, "EUR"))]
            if n % WEEK == 0:
                facts.append(moved("PayoutPaid", f"o{n}", noon, (50_00, "EUR"), PostingKind.PAYOUT))
            archive_facts(facts)
            fake_clock.at = noon + timedelta(hours=13)
            lambda_handler({"day": f"{noon:%Y-%m-%d}"}, context)

    return _trade


@pytest.mark.slow
def test_a_week_s_report_forecasts_net_and_cash_of_the_weeks_after_it(
    stack: Stack, context: Context, trade: Callable[[int], None]
) -> None:
    trade(DAYS_MIN)
    built = lambda_handler({"period": "weekly", "day": "2026-W44"}, context)
    content = document(stack, built["keys"]["forecast.json"])
    net, cash = content["lines"]

    assert (content["until"], content["days"]) == ("2026-11-01", DAYS_MIN)
    assert net["forecast"]["weeks"][0]["expected_minor"] == 700_00
    assert cash["forecast"]["weeks"][0]["expected_minor"] == 50_00
    assert content["headlines"][0].startswith("EUR: net of 700.00 from 2026-11-02 to 2026-11-08")

    again = lambda_handler({"period": "weekly", "day": "2026-W44", "rebuild": True}, context)
    assert again["is_identical"]


def test_with_too_few_days_it_says_so(
    stack: Stack, context: Context, trade: Callable[[int], None]
) -> None:
    trade(3)
    built = lambda_handler({"period": "daily", "day": "2026-09-10"}, context)
    content = document(stack, built["keys"]["forecast.json"])

    assert content["headlines"][0].startswith("Not enough data: 3 closed days")
    assert {line["forecast"] for line in content["lines"]} == {None}


def document(stack: Stack, key: str) -> Any:
    """Return a document of a report as it stands in the bucket."""
    return json.loads(aws.client("s3").get_object(Bucket=stack.bucket, Key=key)["Body"].read())
