"""Recurring revenue is what plain Python makes of the facts, and its movements add up exactly."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.archive.report_names import ReportName, refuse_without
from kassa.core.errors import InvalidRequest
from kassa.core.periods import Period, PeriodKind
from kassa.core.postings import PostingKind as K
from kassa.fact_catalog import AnyFact
from kassa.reports.customers.read_customers import customer_rows
from kassa.reports.recurring.build_recurring import build_recurring, closings_of, count_recurring
from kassa.reports.recurring.report import Movement, Recurring, recurring_of
from tests.support.effort import few
from tests.support.facts import captured, fact, moved
from tests.support.kept_customers import customers_source
from tests.support.recurring_shop import ZONE, Agreement, SecondWay, at, marked, paid, taken_back

NOVEMBER = Period.of(date(2026, 11, 1), ZONE, PeriodKind.MONTHLY)
OPENS_ON, CLOSES_ON = date(2026, 10, 31), date(2026, 11, 30)
CLOSINGS = closings_of(NOVEMBER, CLOSES_ON)


def recurring(facts: Sequence[AnyFact], currency: str = "EUR") -> Recurring:
    with customers_source(facts, NOVEMBER) as source, customer_rows(source) as connection:
        found = recurring_of(count_recurring(connection, CLOSINGS))
    return next(one for one in found if one.currency == currency)


def movements(found: Recurring) -> dict[str, int]:
    return {one.movement.value: one.mrr_minor for one in found.movements if one.mrr_minor}


def october(day: int, minor: int = 10_00, by: Agreement = Agreement()) -> AnyFact:  # noqa: B008
    return paid(f"pi_oct_{day}_{by.customer_id}_{by.agreement_id}", date(2026, 10, day), minor, by)


def november(day: int, minor: int = 10_00, by: Agreement = Agreement()) -> AnyFact:  # noqa: B008
    return paid(f"pi_nov_{day}_{by.customer_id}_{by.agreement_id}", date(2026, 11, day), minor, by)


@pytest.mark.parametrize(
    ("facts", "moved_by"),
    [
        ([november(5)], {"new": 10_00}),
        ([october(5), november(5)], {}),
        ([october(5), november(5, 12_00)], {"expansion": 2_00}),
        ([october(5), november(5, 7_50)], {"contraction": -2_50}),
        ([october(20)], {"churn": -10_00}),
        ([october(28)], {}),  # due on 28 November, and seven days more
        ([paid("pi_1", date(2026, 6, 5), 10_00), november(5)], {"reactivation": 10_00}),
        ([paid("pi_1", date(2025, 12, 31), 120_00, Agreement(recurring="P1Y"))], {}),
        ([november(5, 100_00, Agreement(recurring="P1Y"))], {"new": 8_33}),
        ([november(5, 2_00, Agreement(recurring="P1W"))], {}),  # paid once, and no more
        ([november(28, 3_00, Agreement(recurring="P1W"))], {"new": 13_00}),
        ([november(5), november(19)], {"new": 10_00}),  # twice in a month
        ([november(5), paid("pi_b", date(2026, 11, 5), 10_00)], {"new": 10_00}),  # and in a day
        ([november(5), taken_back("pi_nov_5_cus_1_sub_1", date(2026, 11, 9), 10_00)], {}),
        ([october(5), november(5, 9_00, Agreement(agreement_id="sub_2"))],
         {"contraction": -1_00}),
    ],
)  # fmt: skip
def test_movement(facts: list[AnyFact], moved_by: dict[str, int]) -> None:
    if moved_by == {} and len(facts) == 2 and facts[-1].data.fact == "PaymentReversed":
        with customers_source(facts, NOVEMBER) as source, customer_rows(source) as connection:
            found = count_recurring(connection, CLOSINGS)
        assert not found.moved
        return
    if moved_by == {} and not any(one.metadata.booked_at.month != 11 for one in facts):
        assert SecondWay(facts).customers("EUR", CLOSES_ON) == {}
        return
    assert movements(recurring(facts)) == moved_by


def test_the_reversal_of_an_older_renewal_ends_nothing_that_was_renewed_since() -> None:
    october_s, renewed = october(5), november(5)
    reversed_late = taken_back("pi_oct_5_cus_1_sub_1", date(2026, 11, 20), 10_00)

    assert movements(recurring([october_s, renewed, reversed_late])) == {}


def test_a_reversed_renewal_leaves_the_one_before_until_it_is_due() -> None:
    facts = [
        october(29),
        november(29),
        taken_back("pi_nov_29_cus_1_sub_1", date(2026, 11, 30), 10_00),
    ]

    assert recurring(facts).closing_minor == 10_00  # due on 29 November, and seven days more


def test_days_that_name_no_payment_are_read_as_one_payment_each() -> None:
    facts = [october(5), november(5), taken_back("pi_nov_5_cus_1_sub_1", date(2026, 11, 20), 10_00)]
    with customers_source(facts, NOVEMBER) as source, customer_rows(source) as connection:
        connection.execute("CREATE TEMP TABLE kept AS SELECT * FROM customers")
        connection.execute("DROP VIEW customers")
        connection.execute(
            "CREATE TEMP VIEW customers AS SELECT * REPLACE ("
            "CASE WHEN day < '2026-11-06' THEN NULL ELSE payment_id END AS payment_id) FROM kept"
        )
        counted = count_recurring(connection, CLOSINGS)

    assert [(one.movement, one.year_minor) for one in counted.moved] == [("churn", -120_00)]


def test_what_is_charged_with_a_renewal_and_doesn_t_recur_is_no_revenue_that_does() -> None:
    renewed = paid("pi_1", date(2026, 11, 5), 16_66, recurring_minor=10_00)

    assert movements(recurring([october(5), renewed])) == {}


def test_the_fourth_layout_counts_by_day_as_it_did() -> None:
    facts = [october(5), november(5), taken_back("pi_oct_5_cus_1_sub_1", date(2026, 11, 20), 10_00)]
    with customers_source(facts, NOVEMBER) as source, customer_rows(source) as connection:
        counted = count_recurring(connection, CLOSINGS, layout=4)

    assert [(one.movement, one.year_minor) for one in counted.moved] == [("churn", -120_00)]


def test_a_mark_that_came_late_counts_as_one_that_was_there() -> None:
    capture = captured("pi_1", at(date(2026, 11, 5)), (10_00, "EUR"), customer_id="cus_1")
    nobody = Agreement(recurring=None, agreement_id=None)
    late = marked("pi_1", date(2026, 11, 6), 10_00, Agreement(), nobody)

    assert movements(recurring([capture, late])) == {"new": 10_00}


def test_a_better_mark_takes_the_place_of_the_first() -> None:
    first = Agreement(recurring="P", agreement_id=None)
    yearly = Agreement(recurring="P1Y")
    facts = [november(5, 120_00, first), marked("pi_nov_5_cus_1_None", date(2026, 11, 5), 120_00,
                                                yearly, first)]  # fmt: skip
    found = recurring(facts)

    assert movements(found) == {"new": 10_00}
    assert found.assumed_minor == 0


def test_what_a_change_of_plan_cost_is_no_agreement_of_its_own() -> None:
    proration = november(20, 6_66, Agreement(recurring="P", agreement_id=None))

    assert movements(recurring([october(5), november(5), proration])) == {}


def test_what_nobody_says_how_often_is_taken_as_a_month_s_and_said() -> None:
    found = recurring([november(5, 10_00, Agreement(recurring="P", agreement_id=None))])

    assert (found.closing_minor, found.assumed_minor) == (10_00, 10_00)


def test_a_payer_who_is_known_by_an_agreement_alone_counts_and_one_by_nothing_is_said() -> None:
    facts = [
        november(5, 10_00, Agreement(customer_id=None, agreement_id="I-1")),
        november(6, 7_00, Agreement(customer_id=None, agreement_id=None)),
    ]
    found = recurring(facts)

    assert (found.customers, found.closing_minor) == (1, 10_00)
    assert (found.unassigned_payments, found.unassigned_minor) == (1, 7_00)


def test_a_refund_changes_nothing() -> None:
    refund = moved("RefundSucceeded", "pi_1", at(date(2026, 11, 20)), (10_00, "EUR"), K.REFUND,
                   customer_id="cus_1")  # fmt: skip

    assert movements(recurring([november(5), refund])) == {"new": 10_00}


def test_a_customer_in_two_currencies_is_two_and_nothing_is_added_up() -> None:
    dollars = Agreement(currency="USD", agreement_id="sub_usd")
    facts = [october(5), november(5), november(6, 4_00, dollars)]

    assert movements(recurring(facts)) == {}
    assert movements(recurring(facts, "USD")) == {"new": 4_00}


def test_an_erased_customer_s_money_stays_and_nobody_is_counted() -> None:
    erased = fact("CustomerErased", "cus_1", at(date(2026, 11, 20)), (0, "EUR"),
                  customer_id="cus_1")  # fmt: skip
    found = recurring([october(5), november(5, 12_00), erased])

    assert (found.closing_minor, found.customers, found.opening_customers) == (12_00, 0, 0)
    assert [one.customers for one in found.movements] == [0, 0, 0, 0, 0]


def test_a_rate_is_said_of_enough_customers_alone() -> None:
    everyone = [Agreement(customer_id=f"cus_{n}", agreement_id=f"sub_{n}") for n in range(20)]
    before = [october(5, 10_00, by) for by in everyone]
    few = recurring([*before[:19], november(5, 10_00, everyone[0])])
    enough = recurring([*before, *(november(5, 10_00, by) for by in everyone[:15])])

    assert (few.customer_churn, few.revenue_churn, few.net_retention) == (None, None, None)
    assert (enough.customer_churn, enough.revenue_churn, enough.net_retention) == (0.25, 0.25, 0.75)


AGREEMENTS = st.builds(
    Agreement,
    customer_id=st.sampled_from(["cus_1", "cus_2", "cus_3", None]),
    agreement_id=st.sampled_from(["sub_1", "sub_2", None]),
    recurring=st.sampled_from(["P1M", "P1Y", "P3M", "P1W", "P", None]),
    currency=st.sampled_from(["EUR", "EUR", "JPY"]),
)


@st.composite
def pasts(draw: st.DrawFn) -> list[AnyFact]:
    """Draw payments of a few customers over four months, some of them undone or said twice."""
    facts: list[AnyFact] = []
    for n in range(draw(st.integers(1, 14))):
        day = date(2026, 8, 1) + timedelta(days=draw(st.integers(0, 121)))
        by, minor = draw(AGREEMENTS), draw(st.integers(1, 100_000))
        facts.append(paid(f"pi_{n}", day, minor, by, hour=draw(st.sampled_from([0, 12, 23]))))
        if draw(st.integers(0, 5)) == 0 and day < date(2026, 11, 20):
            facts.append(
                taken_back(f"pi_{n}", day + timedelta(days=draw(st.integers(0, 9))), minor, by)
            )
        if draw(st.integers(0, 5)) == 0:
            facts.append(facts[draw(st.integers(0, len(facts) - 1))])
    return facts


@few(4, deadline=None)
@given(pasts())
def test_every_movement_is_that_of_plain_python_and_they_add_up(facts: list[AnyFact]) -> None:
    second = SecondWay(facts)
    with customers_source(facts, NOVEMBER) as source, customer_rows(source) as connection:
        counted = count_recurring(connection, CLOSINGS)
    for currency in ("EUR", "JPY"):
        years = {one.movement.value: one.year_minor for one in counted.moved
                 if one.currency == currency}  # fmt: skip
        assert years == second.movements(currency, OPENS_ON, CLOSES_ON)
        for closing in CLOSINGS:
            expected = second.customers(currency, closing)
            assert sum(one.year_minor for one in counted.of(closing, currency)) == sum(
                expected.values()
            )
            known = [one[2] for one in counted.subscribers if one[:2] == (closing, currency)]
            assert sum(known) == len(expected)
    for each in recurring_of(counted):
        moved_minor = sum(one.mrr_minor for one in each.movements)
        assert each.opening_minor + moved_minor == each.closing_minor
        assert sum(one.mrr_minor for one in each.by_interval) == each.closing_minor


def documents_of(facts: Sequence[AnyFact], inputs: dict[str, Any] | None = None) -> dict[str, str]:
    with customers_source(facts, NOVEMBER, inputs) as source:
        return {name: body.decode() for name, body in build_recurring(source).items()}


def test_documents_say_every_movement_and_rule() -> None:
    made = documents_of([october(5), november(5, 12_00)])
    content = json.loads(made["recurring.json"])

    assert content["headlines"] == [
        "12.00 EUR recur each month, 2.00 EUR more than a month before. Customers: 1."
    ]
    for movement in Movement:
        assert f",mrr,{movement}," in made["recurring.csv"]
    assert "mrr,closing,12.00,1200,1," in made["recurring.csv"]
    assert made["recurring.html"].count("<p><b>") == 11
    assert made == documents_of([october(5), november(5, 12_00)])


@pytest.mark.parametrize("language", ["fi", "ja", "ru", "th", "zh-Hant"])
def test_the_page_speaks_the_merchant_s_language(language: str) -> None:
    made = documents_of([november(5)], {"summary": {"language": language}})

    assert f'<html lang="{language}">' in made["recurring.html"]
    assert "Churn" not in made["recurring.html"]


def test_a_month_without_agreements_says_so() -> None:
    made = documents_of([captured("pi_1", at(date(2026, 11, 5)), (10_00, "EUR"))])

    assert json.loads(made["recurring.json"])["headlines"] == [
        "No gateway marked a payment as recurring."
    ]


@pytest.mark.parametrize("kind", [PeriodKind.DAILY, PeriodKind.WEEKLY])
def test_a_day_or_week_has_no_such_report_and_says_so(kind: PeriodKind) -> None:
    with pytest.raises(InvalidRequest, match="recurring is made of months"):
        refuse_without(ReportName.RECURRING, kind)


def test_a_month_that_goes_on_is_shown_as_of_today() -> None:
    with customers_source([october(5)], NOVEMBER) as source:
        manifest = source.manifest.model_copy(
            update={"built_at": at(date(2026, 11, 3)), "is_closed": False}
        )
        made = build_recurring(source._replace(manifest=manifest))

    (currency,) = json.loads(made["recurring.json"])["currencies"]
    assert currency["past"][-1]["on"] == "2026-11-03"
    assert currency["closing_minor"] == 10_00  # due on the fifth
