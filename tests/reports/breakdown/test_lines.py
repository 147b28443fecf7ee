"""Each line of the breakdown is what the postings say, added up once more in plain Python."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.archive import counting, rollups, warehouse
from kassa.archive.tallies import Rollup, Tally
from kassa.core.periods import Period, PeriodKind
from kassa.core.postings import ACCRUAL, Account, Posting, PostingKind
from kassa.fact_catalog import AnyFact
from kassa.reports.breakdown.breakdown import BY, breakdown_of
from kassa.reports.breakdown.lines import average, lines_of
from kassa.reports.summary.accrual import of_money
from kassa.reports.summary.summary import summarise
from tests.support.golden_shop.shop import golden_shop

ZONE = "Europe/Berlin"
PERIODS = (
    Period.of(date(2026, 3, 29), ZONE),  # 23 hours
    Period.of(date(2026, 5, 4), ZONE, PeriodKind.WEEKLY),
    Period.of(date(2026, 3, 1), ZONE, PeriodKind.MONTHLY),
)


@pytest.fixture(scope="module")
def facts() -> tuple[AnyFact, ...]:
    return golden_shop(time_zone=ZONE).facts


def rows_of(facts: Sequence[AnyFact], period: Period) -> tuple[tuple[Rollup, ...], Tally]:
    """Archive facts, some twice, and add them up as a report does."""
    with TemporaryDirectory() as folder:
        paths = [Path(folder, "a.parquet"), Path(folder, "b.parquet")]
        paths[0].write_bytes(warehouse.to_parquet(facts))
        paths[1].write_bytes(warehouse.to_parquet(facts[::3]))
        with counting.counted(paths, period, "main") as chosen:
            return rollups.of_facts(chosen, period, BY), counting.tallied(chosen)


def of_period(facts: Sequence[AnyFact], period: Period) -> list[AnyFact]:
    return [f for f in facts if period.starts_at <= f.metadata.booked_at < period.ends_at]


def moved(posting: Posting, account: Account) -> int:
    sign = (posting.destination is account) - (posting.source is account)
    return sign * posting.amount.amount_minor


def by_hand(facts: Sequence[AnyFact]) -> dict[tuple[str, str], dict[str, int]]:
    """Add up by currency and gateway what stands in the lines."""
    found: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for fact in facts:
        place = f"{fact.metadata.gateway}/{fact.metadata.account}"
        for posting in fact.data.postings:
            if posting.kind in ACCRUAL:
                continue
            line = found[posting.amount.currency, place]
            if posting.kind is PostingKind.CAPTURE:
                line["gross"] += moved(posting, Account.GATEWAY_CLEARING)
                line["captures"] += Account.OPENING_BALANCE is not posting.destination
            if posting.kind in (PostingKind.REFUND, PostingKind.REFUND_REVERSAL):
                line["refunds"] += moved(posting, Account.CUSTOMERS)
            line["fees"] += moved(posting, Account.GATEWAY_FEES)
            line["payouts"] += moved(posting, Account.BANK)
            line["disputes"] += moved(posting, Account.CHARGEBACKS)
        if fact.data.fact == "PaymentFailed":
            found[fact.data.amount.currency, place]["failed"] += 1
    return found


@pytest.mark.parametrize("period", PERIODS, ids=lambda period: period.name)
def test_every_gateways_line_is_what_its_postings_add_up_to(
    facts: tuple[AnyFact, ...], period: Period
) -> None:
    theirs = of_period(facts, period)
    rows, _ = rows_of(theirs, period)
    expected = by_hand(theirs)

    made = {
        (lines.currency, line.name): {
            "gross": line.gross_minor,
            "captures": line.captures,
            "failed": line.failed,
            **{name: (line.amounts or {})[name] for name in NAMES},
        }
        for lines in lines_of(rows)
        for line in lines.gateways
    }
    names = ("gross", "captures", "failed", *NAMES)
    assert made == {key: {name: of[name] for name in names} for key, of in expected.items()}
    assert sum(line["captures"] for line in made.values()) >= 5


NAMES = ("refunds", "fees", "payouts", "disputes")


@pytest.mark.parametrize("period", PERIODS, ids=lambda period: period.name)
def test_tables_equal_the_totals_to_the_minor_unit(
    facts: tuple[AnyFact, ...], period: Period
) -> None:
    rows, tally = rows_of(of_period(facts, period), period)
    totals = summarise(of_money(tally), period)
    made = breakdown_of(rows, period, totals)

    assert made.unproven == {each.currency: 0 for each in totals}
    for lines, each in zip(made.currencies, totals, strict=True):
        for cut in (lines.gateways, lines.methods, lines.brands):
            assert sum(line.gross_minor for line in cut) == each.gross.amount_minor
        counted = {line.name: (line.gross_minor, line.captures) for line in lines.methods}
        said = {m.method: (m.amount_minor, m.captures) for m in each.methods}
        assert {name: line for name, line in counted.items() if line[1]} == said


def test_a_difference_is_said_first(facts: tuple[AnyFact, ...]) -> None:
    period = PERIODS[2]
    rows, tally = rows_of(of_period(facts, period), period)
    wrong = [row.model_copy(update={"amount_minor": row.amount_minor + 1}) for row in rows]
    made = breakdown_of(wrong, period, summarise(of_money(tally), period))

    assert min(made.unproven.values()) > 0
    assert {need.code for need in made.needs} == {"unproven"}


@given(st.integers(-(10**15), 10**15), st.integers(1, 10**6))
def test_an_average_is_exact_and_rounds_half_to_even(amount: int, count: int) -> None:
    assert average(amount, count) == round(Fraction(amount, count))


def test_an_average_of_nothing_is_none() -> None:
    assert average(0, 0) is None
