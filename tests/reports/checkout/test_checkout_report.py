"""Customers' choice: pages, methods and times are those worked out by hand."""

import json
from datetime import date, timedelta

import pytest

from kassa.core.periods import Period
from kassa.fact_catalog import AnyFact
from kassa.reports.breakdown.compared import Compared
from kassa.reports.breakdown.normal import Band
from kassa.reports.checkout.build_checkout import HERE, build_checkout, choice_of
from kassa.reports.checkout.choice import Choice, Counted, choice
from kassa.reports.localization import LANGUAGES, texts_of
from tests.support.facts import captured, fact
from tests.support.reports import made_of, source_of

DAY = Period.of(date(2026, 11, 21), "Europe/Helsinki")
NINE = DAY.starts_at + timedelta(hours=9)


def page(order: str, seconds: int | None = None, **fields: object) -> list[AnyFact]:
    """Return a page that was opened at nine, and paid so many seconds later, if it was."""
    said = {
        **{"outcome": "open", "offered": ("card", "wallet"), "country": "FI", "device": "phone"},
        **{"answered_ms": 200},
    }
    opened = fact(
        "CheckoutSubmitted", order, NINE, (0, "EUR"), object_id=f"{order}.1", occurred_at=NINE,
        order_id=order, **said | fields,
    )  # fmt: skip
    if seconds is None:
        return [opened]
    at = NINE + timedelta(seconds=seconds)
    paid = captured(f"pi_{order}", at, (10_00, "EUR"), order_id=order, occurred_at=at)
    return [opened, paid]


def left(order: str) -> list[AnyFact]:
    return [*page(order), fact("CheckoutExpired", f"cs_{order}", NINE, (0, "EUR"), order_id=order)]


def failed(n: int, method: str = "card", country: str | None = "SE") -> list[AnyFact]:
    return [
        fact(
            "PaymentFailed",
            f"pi_{method}_{one}",
            NINE,
            (5_00, "EUR"),
            method=method,
            card_country=country,
        )
        for one in range(n)
    ]


def choice_in(facts: list[AnyFact]) -> Choice:
    with source_of(facts, DAY) as source:
        return choice_of(source)


def trade() -> list[AnyFact]:
    """Return 24 pages: ten paid after 10, 20 … 100 seconds, eight left, and six still open."""
    paid = [one for n in range(10) for one in page(f"o{n}", (n + 1) * 10)]
    gone = [one for n in range(8) for one in left(f"l{n}")]
    still = [one for n in range(6) for one in page(f"s{n}", device="desktop", country="SE")]
    return [*paid, *gone, *still]


def test_pages_are_those_counted_by_hand() -> None:
    every, *of_places = choice_in(trade()).pages

    assert (every.pages, every.paid, every.abandoned, every.still_open) == (24, 10, 8, 6)
    assert every.conversion == round(10 / 24, 6)
    assert (every.half_s, every.most_s) == (50, 90)
    places = {(one.country, one.device): (one.pages, one.paid) for one in of_places}
    assert places == {("FI", "phone"): (18, 10), ("SE", "desktop"): (6, 0)}
    assert [one.conversion for one in of_places] == [None, None], "too few to say"


def test_an_order_that_was_tried_at_two_gateways_is_one_page() -> None:
    again = [
        fact(
            "CheckoutSubmitted", "o1", NINE, (0, "EUR"), object_id=f"o1.{n}", order_id="o1",
            outcome=outcome, offered=("card",),
        )
        for n, outcome in enumerate(("refused", "open", "open"))
    ]  # fmt: skip
    (every, unknown) = choice_in(again).pages

    assert (every.pages, every.paid) == (1, 0)
    assert (unknown.country, unknown.device) == ("unknown", "unknown")


def test_methods_say_where_they_were_offered_and_what_came_of_them() -> None:
    found = choice_in([*trade(), *failed(15), *failed(3, "pay_later", None)])
    methods = {one.method: one for one in found.methods}

    card = methods["card"]
    assert (card.offered, card.attempts, card.failed, card.failure_rate) == (24, 25, 15, 0.6)
    assert card.share == round(25 / 28, 6)
    assert (methods["wallet"].offered, methods["wallet"].attempts) == (24, 0)
    later = methods["pay_later"]
    assert (later.offered, later.attempts, later.failure_rate) == (0, 3, None)
    assert {one.method for one in found.places} == {"card/SE", "card/unknown", "pay_later/unknown"}


def test_without_a_known_page_nothing_is_said_of_what_was_offered() -> None:
    found = choice_in(failed(25))

    assert found.pages == ()
    assert [(one.method, one.offered) for one in found.methods] == [("card", None)]


def test_a_method_above_its_band_is_named_first() -> None:
    def rated(method: str, value: float, high: float) -> Compared:
        band = Band(low=0.0, middle=high / 2, high=high, periods=8)
        return Compared(
            gateway="stripe/main", method=method, figure="failure_rate", value=value, volume=50,
            normal=band,
        )  # fmt: skip

    compared = [rated("wallet", 0.2, 0.3), rated("card", 0.5, 0.2)]
    found = choice(Counted([], {}, [], compared)).failing

    assert [(one.method, one.is_out) for one in found] == [("card", True), ("wallet", False)]


def test_the_page_says_conversion_and_time_first() -> None:
    made = made_of(build_checkout, trade(), DAY)

    assert json.loads(made["checkout.json"])["headlines"] == [
        "41.7% of opened pages were paid: 10 of 24.",
        "Half of those who paid took 50 s at most, nine of ten 90 s.",
    ]
    assert "FI · Phone" in made["checkout.html"]
    assert ",pages,,FI,phone,paid,,10" in made["checkout.csv"]


def test_a_period_without_pages_says_so() -> None:
    assert "No opened page is known" in made_of(build_checkout, [], DAY)["checkout.html"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_written_in_every_language(language: str) -> None:
    written = made_of(build_checkout, trade(), DAY, {"summary": {"language": language}})

    assert f'<html lang="{language}">' in written["checkout.html"]
    assert texts_of(language, HERE / "texts")["devices"]["desktop"] in written["checkout.html"]
