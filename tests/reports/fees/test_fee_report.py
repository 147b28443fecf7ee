"""Every figure of the fee analysis is that of plain Python over the facts."""

import random
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kassa.core.money import Money
from kassa.core.periods import Period, PeriodKind
from kassa.fact_catalog import AnyFact
from kassa.gateways.events import Movement
from kassa.ledger.facts import BalanceTransactionBooked
from kassa.ledger.settlement import settlement
from kassa.reports.fees.contracts.regions import region_of
from kassa.reports.fees.fit import Sums, fitted
from kassa.reports.fees.report import FeeReport
from tests.support.effort import few
from tests.support.facts import captured, fact
from tests.support.fees import contracts_of, report_of

NOVEMBER = Period.of(date(2026, 11, 1), "Asia/Kolkata", PeriodKind.MONTHLY)
KINDS = st.sampled_from([None, ("card", "visa"), ("card", "amex"), ("wallet", "applepay")])
COUNTRIES = st.sampled_from([None, "DE", "FR", "US"])
MOVES = st.sampled_from(
    ["charge"] * 6 + ["refund", "refund_failure", "dispute", "fee", "payout", "tax", "returned"]
)
CONTRACT: dict[str, Any] = {
    "gateway": "stripe",
    "since": "2026-11-10",
    "source": "by hand",
    "fees": [
        {"method": "card", "brands": ["amex"], "currency": "EUR", "percent": "2.9"},
        {"method": "card", "regions": ["domestic", "eea"], "currency": "EUR", "percent": "1.5",
         "fixed_minor": 25, "exchange_percent": "2"},
        {"method": "wallet", "currency": "EUR", "percent": "1.25", "fixed_minor": 10},
    ],
}  # fmt: skip


@st.composite
def movements(draw: st.DrawFn) -> list[AnyFact]:
    """Draw balance transactions of a few payments, near and within the month."""
    facts: list[AnyFact] = []
    for n in range(draw(st.integers(0, 30))):
        moves, currency = draw(MOVES), draw(st.sampled_from(["EUR", "JPY"]))
        minor, fee_minor = draw(st.integers(1, 10**6)), draw(st.integers(-50, 3_000))
        sign = 1 if moves in ("charge", "refund_failure") else -1
        exchanged = draw(st.booleans()) and moves == "charge"
        movement = Movement(
            moves="charge" if moves == "returned" else moves,
            gross=Money(amount_minor=sign * minor, currency=currency),
            fee_minor=0 if moves == "fee" else fee_minor,
            exchanged=Money(amount_minor=minor, currency="USD") if exchanged else None,
        )
        facts.append(_booked(draw, f"txn_{n}", movement))
    return facts


def _booked(draw: st.DrawFn, name: str, movement: Movement) -> AnyFact:
    at = NOVEMBER.starts_at + timedelta(hours=draw(st.integers(-5, 24 * 30 + 5)))
    method, brand = draw(KINDS) or (None, None)
    captured_at = draw(st.sampled_from([None, at - timedelta(days=2)]))
    said = {"method": method, "brand": brand, "card_country": draw(COUNTRIES)}
    money = (movement.gross.amount_minor, movement.gross.currency)
    return fact(
        "BalanceTransactionBooked",
        draw(st.sampled_from(["pi_1", "pi_2", "pi_3"])),
        at,
        money,
        object_id=name,
        event_id=f"balance:{name}",
        movement=movement.model_dump(),
        postings=settlement(name, movement),
        captured_at=captured_at,
        **said,
    )


Booked = tuple[AnyFact, BalanceTransactionBooked]


def of_month(facts: list[AnyFact]) -> list[Booked]:
    found = [one for one in facts if isinstance(one.data, BalanceTransactionBooked)]
    return [
        (one, one.data)  # type: ignore[misc]
        for one in found
        if NOVEMBER.starts_at <= one.metadata.booked_at < NOVEMBER.ends_at
    ]


def kept(data: BalanceTransactionBooked) -> int:
    moved = data.movement
    return moved.fee_minor - (moved.gross.amount_minor if moved.moves == "fee" else 0)


def charges(booked: list[Booked]) -> list[tuple[AnyFact, BalanceTransactionBooked, int]]:
    """Return charges with their fees; a payment's lone fee aside belongs to its lone charge."""
    by_payment: dict[tuple[str, str], list[Booked]] = defaultdict(list)
    for one, data in booked:
        by_payment[one.metadata.subject_id, data.movement.gross.currency].append((one, data))
    found = []
    for one, data in booked:
        if data.movement.moves != "charge" or data.movement.gross.amount_minor <= 0:
            continue
        beside = by_payment[one.metadata.subject_id, data.movement.gross.currency]
        fees = [data for _, data in beside if data.movement.moves == "fee"]
        taken = [data for _, data in beside if data.movement.moves == "charge"]
        alone = [data for data in taken if data.movement.gross.amount_minor > 0]
        has_own = len(fees) == len(alone) == 1 and not data.movement.fee_minor
        found.append((one, data, kept(fees[0]) if has_own else data.movement.fee_minor))
    return found


@few(6, deadline=None)
@given(movements(), st.randoms(use_true_random=False))
def test_figures_are_those_of_plain_python(facts: list[AnyFact], chance: random.Random) -> None:
    archived = [*facts, *chance.sample(facts, len(facts) // 3)]  # some of them twice
    report, booked = report_of(archived, NOVEMBER, contracts_of(CONTRACT)), of_month(facts)

    fees: Counter[str] = Counter()
    for _, data in booked:
        fees[data.movement.gross.currency] += kept(data)
    by_kind: dict[tuple[object, ...], list[tuple[int, int]]] = defaultdict(list)
    for _, data, fee_minor in charges(booked):
        gross, exchanged = data.movement.gross, data.movement.exchanged
        paid = exchanged.currency if exchanged else gross.currency
        region = region_of(data.card_country if data.method else None, "DE")
        brand = data.brand if data.method else None
        kind = (data.method, brand, region, gross.currency, paid)
        by_kind[kind].append((gross.amount_minor, fee_minor))

    assert {one.currency: one.fee_minor for one in report.currencies if one.fee_minor} == {
        currency: minor for currency, minor in fees.items() if minor
    }
    assert all(one.unproven_minor == 0 for one in report.currencies)
    found = {
        (one.method, one.brand, one.region, one.currency, one.paid_currency): one
        for each in report.currencies
        for one in each.segments
    }
    assert found.keys() == by_kind.keys()
    for kind, points in by_kind.items():
        one = found[kind]
        assert (one.charges, one.gross_minor, one.fee_minor) == (
            len(points),
            sum(x for x, _ in points),
            sum(y for _, y in points),
        )
        assert one.fit == fitted(Sums.of([point for point in points if point[1]]))


@few(6, deadline=None)
@given(movements())
def test_the_audit_is_that_of_plain_python(facts: list[AnyFact]) -> None:
    report = report_of(facts, NOVEMBER, contracts_of(CONTRACT))

    expected: Counter[tuple[str, int]] = Counter()
    for _, data, fee_minor in charges(of_month(facts)):
        share, fixed_minor = _agreed(data)
        if share is not None and fee_minor:
            exact = share * data.movement.gross.amount_minor / 100
            agreed = int((2 * exact + 1) // 2) + fixed_minor
            expected[data.movement.gross.currency, fee_minor - agreed] += 1

    assert _off(report) == {off: n for off, n in expected.items() if off[1]}
    compared = sum(audit.fees for each in report.currencies for audit in each.audits)
    assert compared == sum(expected.values())


def _agreed(data: BalanceTransactionBooked) -> tuple[Decimal | None, int]:
    """Return the percentage and fixed part that CONTRACT has for a charge."""
    day = (data.captured_at or data.occurred_at).date()
    if data.movement.gross.currency != "EUR" or day < date(2026, 11, 10):
        return None, 0
    is_exchanged = data.movement.exchanged is not None
    region = region_of(data.card_country, "DE")
    if data.method == "card" and data.brand == "amex":
        return (None if is_exchanged else Decimal("2.9")), 0
    if data.method == "card" and region in ("domestic", "eea"):
        return Decimal("3.5" if is_exchanged else "1.5"), 25
    if data.method == "wallet" and not is_exchanged:
        return Decimal("1.25"), 10
    return None, 0


def _off(report: FeeReport) -> dict[tuple[str, int], int]:
    found: Counter[tuple[str, int]] = Counter()
    for each in report.currencies:
        for audit in each.audits:
            for one in audit.off:
                found[each.currency, one.off_minor] += one.fees
                assert len(one.event_ids) == one.fees
    return dict(found)


def test_facts_of_earlier_releases_are_explained_by_their_payment() -> None:
    at = NOVEMBER.starts_at + timedelta(days=3)
    paid = captured("pi_1", at, (100_00, "EUR"), brand="visa", card_country="FR")
    movement = Movement(
        moves="charge", gross=Money(amount_minor=100_00, currency="EUR"), fee_minor=165
    )
    fee = fact("BalanceTransactionBooked", "pi_1", at, (100_00, "EUR"), object_id="txn_1",
               movement=movement.model_dump(), postings=settlement("txn_1", movement))  # fmt: skip

    (segment,) = report_of([paid, fee], NOVEMBER).currencies[0].segments

    assert (segment.method, segment.brand, segment.region) == ("card", "visa", "eea")
    assert (segment.percent, segment.fit) == (Decimal("1.6500"), None)


def test_a_month_without_facts_says_that_payments_cost_nothing() -> None:
    report = report_of([], NOVEMBER)

    assert report.headlines == ("Payments cost nothing in this month: no balance moved.",)
    assert report.currencies == ()


def test_without_a_contract_the_headlines_say_how_to_enter_one() -> None:
    at = NOVEMBER.starts_at + timedelta(days=3)
    movement = Movement(
        moves="charge", gross=Money(amount_minor=100_00, currency="EUR"), fee_minor=165
    )
    fee = fact("BalanceTransactionBooked", "pi_1", at, (100_00, "EUR"), object_id="txn_1",
               movement=movement.model_dump(), postings=settlement("txn_1", movement))  # fmt: skip

    cost, advice = report_of([fee], NOVEMBER).headlines

    assert cost == "Payments cost 1.65 EUR, 1.65 % of 100.00; nothing cheaper is known."
    assert "kassa fees save FILE" in advice
