"""Gateways compared: figures worked out by hand, promises kept or not, and a page that says so."""

import csv
import json
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from kassa.core.periods import Period, PeriodKind
from kassa.fact_catalog import AnyFact
from kassa.platform.pacing.answer_times import LIMITS_MS
from kassa.reports.gateways.build_gateways import TEXTS, build_gateways, scorecards_of
from kassa.reports.gateways.scorecard import Scorecard, within_ms
from kassa.reports.localization import LANGUAGES, texts_of
from tests.support.facts import captured, fact
from tests.support.golden_shop.shop import GoldenShop, golden_shop
from tests.support.reports import made_of, source_of

DAY = Period.of(date(2026, 11, 21), "Europe/Helsinki")
MARCH = Period.of(date(2026, 3, 1), "Europe/Berlin", PeriodKind.MONTHLY)
LEVEL = {"uptime_percent": "99.5", "payout_days": 3, "support_hours": 24}


def inputs(**level: Any) -> dict[str, Any]:
    line = {"method": "card", "currency": "EUR", "percent": "1.4"}
    contract = {"gateway": "stripe", "since": "2026-01-01", "source": "signed", "fees": [line]}
    contracts = {"version": 1, "contracts": [contract | {"service_level": level}]}
    return {"fees": {"country": "FI", "contracts": contracts}}


def watched(runs: int, silent: int) -> list[AnyFact]:
    """Return runs of the watch: two calls each, the second a silence in some."""
    found = []
    for n in range(runs):
        at, is_silent = DAY.starts_at + timedelta(minutes=5 * n), n < silent
        within = [0] * (len(LIMITS_MS) + 1)
        within[2 if n % 2 else 4] = 2 - is_silent
        counts = {"answered": 2 - is_silent, "refused": 0, "unanswered": int(is_silent)}
        name = f"watch-{n}"
        found.append(
            fact(
                "GatewayCallsCounted", name, at, (0, "EUR"), object_id=name, **counts, within=within
            )
        )
    return found


def tried(captures: int, failed: int) -> list[AnyFact]:
    at = DAY.starts_at + timedelta(hours=9)
    paid = [captured(f"pi_{n}", at, (10_00, "EUR")) for n in range(captures)]
    codes = ("insufficient_funds",) * (failed - 1) + ("expired_card",)
    lost = [
        fact("PaymentFailed", f"pi_x{n}", at, (10_00, "EUR"), reason=code, method="card")
        for n, code in enumerate(codes)
    ]
    return [*paid, *lost]


def card_of(facts: Iterable[AnyFact], **level: Any) -> Scorecard:
    with source_of(list(facts), DAY, inputs(**level) if level else None) as source:
        (card,) = scorecards_of(source)
    return card


def test_every_figure_is_that_worked_out_by_hand() -> None:
    card = card_of([*watched(200, 3), *tried(30, 10)], **LEVEL)

    assert (card.uptime, card.runs, card.silent_runs) == (197 / 200, 200, 3)
    assert (card.answered, card.unanswered) == (397, 3)
    assert (card.half_ms, card.most_ms) == (200, 500)  # 199 within 200 ms, 198 within 500
    assert (card.decline_rate, card.attempts, card.declined) == (0.25, 40, 10)
    assert [(one.code, one.attempts) for one in card.codes] == [
        ("insufficient_funds", 9), ("expired_card", 1),
    ]  # fmt: skip
    assert (card.delay_half_s, card.delay_most_s, card.events) == (2, 2, 40)
    assert (card.refund_ratio, card.dispute_ratio) == (0.0, 0.0)
    assert (card.days_to_payout, card.payouts) == (None, 0)
    assert [(one.figure, one.promised, one.measured, one.is_kept) for one in card.promises] == [
        ("uptime", Decimal("99.5"), 98.5, False),
        ("payout_days", Decimal(3), None, None),
        ("support_hours", Decimal(24), None, None),
    ]


def test_a_promise_is_kept_where_it_is_reached_exactly() -> None:
    (one,) = card_of(watched(200, 1), uptime_percent="99.5").promises

    assert (one.measured, one.is_kept) == (99.5, True)


def test_what_was_too_seldom_is_none() -> None:
    card = card_of([*watched(9, 3), *tried(15, 4)])

    assert (card.uptime, card.half_ms, card.most_ms) == (None, None, None)
    assert (card.decline_rate, card.refund_ratio, card.delay_half_s) == (None, None, None)
    assert (card.runs, card.attempts) == (9, 19), "how many there were is said all the same"


@pytest.mark.parametrize(
    ("counts", "share", "limit"),
    [((1, 1, 0), 0.5, 50), ((1, 2, 0), 0.5, 100), ((0, 0, 1), 0.5, None)],
)
def test_a_share_of_answers_came_within_the_first_limit_that_has_it(
    counts: tuple[int, ...], share: float, limit: int | None
) -> None:
    assert within_ms(tuple(zip((50, 100, None), counts, strict=True)), share) == limit


def test_the_page_says_first_what_was_promised_and_not_kept() -> None:
    made = made_of(build_gateways, [*watched(200, 3), *tried(30, 10)], DAY, inputs(**LEVEL))
    document = json.loads(made["gateways.json"])

    (first,) = document["headlines"]
    assert first.startswith("Stripe was up 98.50")
    assert "promises 99.50" in first
    assert "25% (10 of 40)" in made["gateways.html"]
    assert "not measured" in made["gateways.html"]
    rows = list(csv.DictReader(made["gateways.csv"].splitlines()))
    (uptime,) = [one for one in rows if (one["figure"], one["is_kept"]) == ("uptime", "no")]
    assert (uptime["value"], uptime["promised"]) == ("98.5", "99.5")


def test_a_period_without_anything_says_so() -> None:
    made = made_of(build_gateways, [], DAY)

    assert "Nothing is known of any gateway" in made["gateways.html"]
    assert json.loads(made["gateways.json"])["gateways"] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_written_in_every_language(language: str) -> None:
    said = inputs(**LEVEL) | {"summary": {"language": language}}
    page = made_of(build_gateways, [*watched(200, 3), *tried(30, 10)], DAY, said)["gateways.html"]

    assert f'<html lang="{language}">' in page
    assert texts_of(language, TEXTS)["columns"]["payout"] in page


@pytest.fixture(scope="module")
def shop() -> GoldenShop:
    return golden_shop(payments=6_000, days=160)


def test_the_golden_shop_s_rates_are_those_of_a_recount(shop: GoldenShop) -> None:
    facts = [one for one in shop.facts if MARCH.starts_at <= one.metadata.booked_at < MARCH.ends_at]
    counts: Counter[tuple[str, str, str]] = Counter(
        (one.metadata.gateway, one.metadata.account, one.data.fact)
        for one in facts  # type: ignore[union-attr]
    )
    with source_of(facts, MARCH) as source:
        cards = scorecards_of(source)

    assert len(cards) == 6
    for card in cards:
        place = (card.gateway, card.account)
        captures, failed = counts[*place, "PaymentCaptured"], counts[*place, "PaymentFailed"]
        assert (card.attempts, card.declined) == (captures + failed, failed)
        assert card.refunds == counts[*place, "RefundSucceeded"]
        assert card.payouts == counts[*place, "PayoutPaid"]


def test_the_golden_shop_s_days_to_payout_are_those_of_its_calendar(shop: GoldenShop) -> None:
    """Tokyo settles after four days and pays out on Fridays, all that the balance has by then."""
    facts = [one for one in shop.facts if MARCH.starts_at <= one.metadata.booked_at < MARCH.ends_at]
    with source_of(facts, MARCH) as source:
        tokyo = next(card for card in scorecards_of(source) if card.account == "tokyo")

    assert tokyo.payouts_proven == tokyo.payouts - 1, "but the first, of a balance from before"
    assert tokyo.days_to_payout is not None
    assert 4.3 <= tokyo.days_to_payout <= 4 + 7 + 1
