"""What closed days keep of customers: what comes late or twice counts once."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from functions.build_report.app import lambda_handler
from kassa.archive import counting, rollups, warehouse
from kassa.archive.archive_facts import archive_facts
from kassa.archive.report_names import ReportName
from kassa.archive.rollups import named_customers
from kassa.core.periods import Period
from kassa.fact_catalog import AnyFact
from kassa.platform import aws
from kassa.platform.settings import settings
from tests.support.aws_stack import Context, FakeClock, Stack
from tests.support.facts import captured
from tests.support.plain_customers import PlainCustomers
from tests.support.recurring_shop import ZONE, Agreement, SecondWay, at, paid, taken_back
from tests.support.summary_alone import make_only

SUB = [Agreement(f"cus_{n}", f"sub_{n}") for n in range(6)]
OCTOBER = [paid(f"pi_o{n}", date(2026, 10, 29), 10_00 + n, by) for n, by in enumerate(SUB[:4])]
LATE = paid("pi_late", date(2026, 10, 30), 7_00, SUB[4])
NOVEMBER = [
    paid("pi_n0", date(2026, 11, 1), 10_00, SUB[0]),
    paid("pi_n1", date(2026, 11, 2), 20_00, SUB[1]),
    taken_back("pi_n1", date(2026, 11, 3), 20_00, SUB[1]),
    paid("pi_n5", date(2026, 11, 3), 12_00, SUB[5]),
]


@pytest.fixture(autouse=True)
def _in_helsinki(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("MERCHANT_TIME_ZONE", ZONE)
    names = (ReportName.ANOMALIES, ReportName.RECURRING, ReportName.CUSTOMERS)
    make_only(monkeypatch, *names)
    settings.cache_clear()
    yield
    settings.cache_clear()


def close_all(fake_clock: FakeClock, context: Context, since: datetime) -> None:
    fake_clock.at = since
    while lambda_handler({}, context)["built"]:
        fake_clock.at += timedelta(hours=1)


def said(stack: Stack, month: str, report: str) -> Any:
    key = f"reports/main/monthly/{month}/{report}.json"
    body = aws.client("s3").get_object(Bucket=stack.bucket, Key=key)["Body"].read()
    (currency,) = json.loads(body)["currencies"]
    return currency


def test_a_month_says_what_its_facts_say_with_what_came_late_for_the_one_before(
    stack: Stack, fake_clock: FakeClock, context: Context
) -> None:
    archive_facts(OCTOBER)
    close_all(fake_clock, context, datetime(2026, 11, 1, 6, tzinfo=UTC))
    before = said(stack, "2026-10", "recurring")
    archive_facts([LATE, *OCTOBER[:2], *NOVEMBER])
    archive_facts(NOVEMBER)
    close_all(fake_clock, context, datetime(2026, 11, 4, 6, tzinfo=UTC))
    kept = named_customers(date(2026, 11, 30), whole_before=date(2026, 11, 1))
    fake_clock.at = datetime(2026, 12, 1, 6, tzinfo=UTC)
    lambda_handler({"day": "2026-11", "period": "monthly"}, context)

    every: list[AnyFact] = [*OCTOBER, LATE, *NOVEMBER]
    second = SecondWay(every)
    ends = {"opening": date(2026, 10, 31), "closing": date(2026, 11, 30)}
    years = {name: sum(second.customers("EUR", day).values()) for name, day in ends.items()}
    found = said(stack, "2026-11", "recurring")
    assert before["closing_minor"] == sum(10_00 + n for n in range(4))
    assert {name: 12 * found[f"{name}_minor"] for name in ends} == years
    assert found["opening_minor"] == before["closing_minor"] + 7_00
    moved_minor = sum(one["mrr_minor"] for one in found["movements"])
    assert found["opening_minor"] + moved_minor == found["closing_minor"]

    plain = PlainCustomers(every, "EUR", ZONE, date(2026, 11, 30))
    people = said(stack, "2026-11", "customers")
    assert people["customers"] == len(plain.people) == 6
    assert people["net_minor"] == sum(
        one.net_minor for some in plain.people.values() for one in some
    )
    assert len(kept) > 1


def test_a_closed_month_s_reports_are_made_again_to_the_same_bytes(
    stack: Stack, fake_clock: FakeClock, context: Context
) -> None:
    archive_facts(OCTOBER)
    close_all(fake_clock, context, datetime(2026, 11, 1, 6, tzinfo=UTC))
    archive_facts([LATE])
    close_all(fake_clock, context, datetime(2026, 11, 3, 6, tzinfo=UTC))

    again = lambda_handler({"day": "2026-10", "period": "monthly", "rebuild": True}, context)
    assert again["is_identical"] is True
    assert {"recurring.json", "customers.csv"} <= again["keys"].keys()


def test_a_day_has_neither_report(stack: Stack, fake_clock: FakeClock, context: Context) -> None:
    archive_facts(OCTOBER)
    fake_clock.at = datetime(2026, 10, 30, 6, tzinfo=UTC)
    built = lambda_handler({"day": "2026-10-29"}, context)

    assert not {"recurring.json", "customers.json"} & built["keys"].keys()


def test_a_month_s_one_file_says_what_its_days_say(tmp_path: Path) -> None:
    facts = [*OCTOBER, LATE, paid("pi_o9", date(2026, 10, 30), 5_00, SUB[0]),
             taken_back("pi_o2", date(2026, 10, 31), 10_02, SUB[2])]  # fmt: skip
    facts += [captured(f"pi_{n}", at(date(2026, 10, 28 + n)), (1_00, "EUR"), customer_id="cus_9")
              for n in range(3)]  # fmt: skip
    days = [_kept(tmp_path, date(2026, 10, 28 + n), facts) for n in range(4)]
    month = rollups._joined(tmp_path / "month.parquet", days, "customers_month")

    assert _rows([month]) == _rows(days)
    with warehouse.connected() as connection:
        ((rows,),) = connection.execute(
            f"SELECT count(*) FROM '{month}' WHERE customer_id = 'cus_9'"
        ).fetchall()
    assert rows == 1


def _kept(folder: Path, day: date, facts: list[AnyFact]) -> Path:
    period, file = Period.of(day, ZONE), folder / f"facts-{day}.parquet"
    file.write_bytes(warehouse.to_parquet(facts))
    to = folder / f"kept-{day}.parquet"
    with counting.counted([file], period, "main") as chosen:
        rollups.customers_of_facts(chosen, period, to)
    return to


def _rows(files: list[Path]) -> list[tuple[Any, ...]]:
    """Return each customer's sums by agreement, with the days of payments by agreement."""
    query = (
        "SELECT customer_id, currency, agreement_id, CASE WHEN recurring IS NOT NULL THEN day END,"
        " sum(payments), sum(captured_minor), sum(reversed_minor), sum(renewals),"
        " max(renewed_minor), min(first_paid_on), max(last_paid_on)"
        f" FROM read_parquet({[str(file) for file in files]}) GROUP BY ALL ORDER BY ALL"
    )
    with warehouse.connected() as connection:
        rows: list[tuple[Any, ...]] = connection.execute(query).fetchall()
    return rows
