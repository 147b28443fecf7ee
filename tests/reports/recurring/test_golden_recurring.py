"""The golden shop's plans: recurring revenue of its months equals that of plain Python."""

from datetime import date, timedelta

import pytest

from kassa.core.periods import Period, PeriodKind, day_of
from kassa.reports.customers.read_customers import customer_rows
from kassa.reports.recurring.build_recurring import closings_of, count_recurring
from kassa.reports.recurring.report import Movement
from tests.support.golden_shop.shop import GoldenShop, golden_shop
from tests.support.kept_customers import customers_source
from tests.support.recurring_shop import SecondWay

ZONE = "Europe/Berlin"
DAYS = 190


@pytest.fixture(scope="module")
def shop() -> GoldenShop:
    """Return half a year of a shop that sells plans beside its goods."""
    return golden_shop(3_000, days=DAYS)


@pytest.mark.parametrize("first", [date(2025, 12, 1), date(2026, 3, 1), date(2026, 4, 1)], ids=str)
def test_a_month_s_recurring_revenue_is_that_of_a_second_computation(
    shop: GoldenShop, first: date
) -> None:
    month = Period.of(first, ZONE, PeriodKind.MONTHLY)
    known = [one for one in shop.facts if one.metadata.booked_at < month.ends_at]
    second, closings = (
        SecondWay(known, ZONE),
        closings_of(month, day_of(month.ends_at, ZONE) - timedelta(days=1)),
    )
    with customers_source(known, month) as source, customer_rows(source) as connection:
        counted = count_recurring(connection, closings)

    assert sum(second.customers("EUR", closings[-1]).values()) > 0
    for closing in closings:
        stands = sum(one.year_minor for one in counted.of(closing, "EUR"))
        assert stands == sum(second.customers("EUR", closing).values()), closing
    moved = {one.movement.value: one.year_minor for one in counted.moved if one.currency == "EUR"}
    assert moved == second.movements("EUR", closings[-2], closings[-1])


def test_plans_begin_and_end_within_half_a_year(shop: GoldenShop) -> None:
    second = SecondWay(shop.facts, ZONE)
    april = second.movements("EUR", date(2026, 3, 31), date(2026, 4, 30))

    assert {Movement.NEW.value, Movement.CHURN.value} <= april.keys()
