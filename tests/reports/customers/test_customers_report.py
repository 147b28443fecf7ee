"""What is said of customers is what plain Python makes of the facts; each is in one place only."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.core.periods import Period, PeriodKind
from kassa.core.postings import PostingKind as K
from kassa.fact_catalog import AnyFact
from kassa.reports.customers.build_customers import build_customers, count_customers
from kassa.reports.customers.documents import TEXTS
from kassa.reports.customers.read_customers import customer_rows
from kassa.reports.customers.report import Counted, Customers, Segment, customers_of, segment_of
from kassa.reports.localization import texts_of
from tests.support.effort import few
from tests.support.facts import captured, fact, moved
from tests.support.kept_customers import customers_source
from tests.support.plain_customers import PlainCustomers
from tests.support.recurring_shop import ZONE, at

NOVEMBER = Period.of(date(2026, 11, 1), ZONE, PeriodKind.MONTHLY)
LAST = date(2026, 11, 30)


def counted(facts: Sequence[AnyFact]) -> Counted:
    with customers_source(facts, NOVEMBER) as source, customer_rows(source) as connection:
        return count_customers(connection, LAST)


def customers(facts: Sequence[AnyFact]) -> Customers:
    (found,) = customers_of(counted(facts))
    return found


def bought(customer: str | None, day: date, minor: int = 10_00, n: int = 0) -> AnyFact:
    return captured(f"pi_{customer}_{day}_{n}", at(day), (minor, "EUR"), customer_id=customer)


def gave_back(customer: str | None, day: date, minor: int, n: int = 0) -> AnyFact:
    return moved(
        "RefundSucceeded", f"pi_{customer}_{day}_{n}", at(day), (minor, "EUR"), K.REFUND,
        customer_id=customer,
    )  # fmt: skip


def erased(customer: str) -> AnyFact:
    return fact("CustomerErased", customer, at(LAST), (0, "EUR"), customer_id=customer)


@pytest.mark.parametrize(("recency", "frequency"), [*product(range(1, 6), repeat=2)])
def test_every_pair_of_scores_is_of_one_segment(recency: int, frequency: int) -> None:
    assert segment_of(recency, frequency) in Segment


@pytest.mark.parametrize(
    ("scores", "segment"),
    [((5, 5), "champions"), ((4, 4), "champions"), ((4, 3), "loyal"), ((3, 5), "loyal"),
     ((5, 1), "new_or_rare"), ((3, 2), "fading"), ((2, 3), "at_risk"), ((1, 2), "lost")],
)  # fmt: skip
def test_segment(scores: tuple[int, int], segment: str) -> None:
    assert segment_of(*scores) == segment


def test_a_refund_after_the_month_is_the_customer_s_and_of_its_own_month() -> None:
    facts = [bought("c1", date(2026, 9, 5)), gave_back("c1", date(2026, 11, 8), 4_00)]
    (cohort,) = customers(facts).cohorts

    assert [(one.age, one.customers, one.net_minor) for one in cohort.months] == [
        (0, 1, 10_00),
        (2, 0, -4_00),
    ]


def test_who_was_erased_is_nobody_and_their_money_stays() -> None:
    found = customers([bought("c1", date(2026, 10, 5)), bought("c2", LAST), erased("c1")])

    assert (found.customers, found.active, found.new) == (1, 1, 1)
    assert (found.net_minor, found.nobody_minor) == (10_00, 10_00)


def test_a_payer_nobody_named_is_money_alone() -> None:
    found = customers([bought(None, LAST, 3_00), bought("c1", LAST)])

    assert (found.customers, found.net_minor, found.nobody_minor) == (1, 10_00, 3_00)


def test_where_no_payment_names_a_customer_that_is_what_is_said_first() -> None:
    (headline,) = json.loads(documents_of([bought(None, LAST)])["customers.json"])["headlines"]

    assert headline.startswith("EUR: no payment names its customer")


def test_of_few_customers_nothing_is_said() -> None:
    found = customers([bought(f"c{n}", LAST) for n in range(29)])

    assert (found.mean_minor, found.median_minor, found.segments, found.risks) == (
        None,
        None,
        (),
        (),
    )
    assert all(one.mean_minor is None for one in found.worth)


def test_few_regulars_are_counted_and_who_came_on_one_day_is_none() -> None:
    days = [date(2026, 8, 3), date(2026, 9, 3), date(2026, 10, 3)]
    regulars = [bought(f"c{n}", day) for n in range(19) for day in days]
    once = [bought("d1", LAST, n=n) for n in range(5)]
    found = customers([*regulars, *once])

    assert (found.regulars, found.risks) == (19, ())
    assert (
        "19 customers who paid on three days or more, of 20"
        in documents_of(regulars)["customers.html"]
    )


def test_what_moves_in_a_currency_its_customer_never_paid_in_is_not_nobody_s() -> None:
    refund = moved("RefundSucceeded", "pi_c1", at(LAST), (3_00, "USD"), K.REFUND,
                   customer_id="c1")  # fmt: skip
    paid = captured("pi_usd", at(LAST), (5_00, "USD"), customer_id="c2")
    _, dollars = customers_of(counted([bought("c1", LAST), refund, paid]))

    assert (dollars.currency, dollars.net_minor) == ("USD", 5_00)
    assert (dollars.nobody_minor, dollars.elsewhere_minor) == (0, -3_00)


def test_worth_is_of_cohorts_that_are_old_enough() -> None:
    old = [bought(f"c{n}", date(2026, 9, 5)) for n in range(30)]
    again = [bought(f"c{n}", date(2026, 10, 5), 5_00) for n in range(30)]
    young = [bought(f"d{n}", date(2026, 11, 5), 99_00) for n in range(30)]
    worth = {one.months: one.mean_minor for one in customers([*old, *again, *young]).worth}

    assert worth == {0: 54_50, 1: 15_00, 3: None, 6: None, 12: None, 24: None}


def test_whom_to_write_to_is_who_is_at_risk_and_brought_most() -> None:
    regular = [
        bought(f"c{n}", date(2026, 6, 1) + timedelta(days=21 * k), 10_00 + n)
        for n in range(25)
        for k in range(5)
    ]
    found = customers(regular)

    assert {one.name: one.customers for one in found.risks} == {
        "calm": 0, "late": 0, "at_risk": 25, "gone": 0,
    }  # fmt: skip
    assert len(found.at_risk) == 20
    assert found.at_risk[0].customer_id == "c24"
    assert (found.at_risk[0].gap_days, found.at_risk[0].silent_days) == (21, 98)


@st.composite
def pasts(draw: st.DrawFn) -> list[AnyFact]:
    """Draw what some customers did over four months: payments, refunds, erasures, some twice."""
    facts: list[AnyFact] = []
    names = st.sampled_from([*(f"c{n}" for n in range(8)), None])
    for n in range(draw(st.integers(1, 24))):
        day = date(2026, 8, 1) + timedelta(days=draw(st.integers(0, 121)))
        who = draw(names)
        facts.append(bought(who, day, draw(st.integers(1, 9_999)), n))
        if draw(st.integers(0, 4)) == 0:
            facts.append(gave_back(who, day, draw(st.integers(1, 999)), n))
        if draw(st.integers(0, 5)) == 0:
            facts.append(facts[draw(st.integers(0, len(facts) - 1))])
    if draw(st.booleans()):
        facts.append(erased("c1"))
    return facts


@few(4, deadline=None)
@given(pasts())
def test_everything_is_that_of_plain_python_and_each_customer_is_in_one_place(
    facts: list[AnyFact],
) -> None:
    plain, found = PlainCustomers(facts, "EUR", ZONE, LAST), counted(facts)
    (each,) = customers_of(found)
    people = len(plain.people)

    cohorts = {(row[1], row[2]): row[3:] for row in found.cohorts}
    assert cohorts == plain.cohorts()
    assert (each.customers, each.nobody_minor) == (people, plain.nobody_minor)
    assert sum(one.customers for one in each.cohorts) == people
    scores = Counter(plain.scores().values())
    assert {row[1:3]: row[3] for row in found.scores} == scores
    assert sum(row[3] for row in found.scores) == people
    years = sum(plain.year(name)[1] for name in plain.people)
    assert sum(row[4] for row in found.scores) == years
    assert {row[1]: row[2] for row in found.risks} == Counter(plain.risks().values())


def documents_of(facts: Sequence[AnyFact], inputs: dict[str, Any] | None = None) -> dict[str, str]:
    with customers_source(facts, NOVEMBER, inputs) as source:
        return {name: body.decode() for name, body in build_customers(source).items()}


def test_documents_say_the_same_and_a_sheet_runs_no_formula() -> None:
    regular = [
        bought(f"=c{n}", date(2026, 6, 1) + timedelta(days=21 * k)) for n in range(25)
        for k in range(5)
    ]  # fmt: skip
    made = documents_of([*regular, gave_back("=c1", LAST, 5_00)])
    (currency,) = json.loads(made["customers.json"])["currencies"]

    assert currency["customers"] == 25
    assert "refunded,month,,5.00,500,1" in made["customers.csv"]
    assert ",'=c2," in made["customers.csv"]
    assert made["customers.html"].count("<p><b>") == 8
    assert made == documents_of([*regular, gave_back("=c1", LAST, 5_00)])


@pytest.mark.parametrize("language", ["fi", "ja", "ru", "th", "zh-Hant"])
def test_the_page_speaks_the_merchant_s_language(language: str) -> None:
    owed = {"as_of": "2026-11-30", "ageing": [{"currency": "EUR", "days_31_60_minor": 12_50,
                                              "open_minor": 12_50}]}  # fmt: skip
    made = documents_of(
        [bought("c1", LAST)], {"summary": {"language": language}, "customers": owed}
    )

    assert f'<html lang="{language}">' in made["customers.html"]
    assert texts_of(language, TEXTS)["ages"]["days_31_60"] in made["customers.html"]
    assert "EUR,receivables,days_31_60,,12.50,1250," in made["customers.csv"]
    assert json.loads(made["customers.json"])["receivables"]["as_of"] == "2026-11-30"
    assert "Cohorts" not in made["customers.html"]
