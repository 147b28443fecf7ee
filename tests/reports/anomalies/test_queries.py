"""What the queries count, by facts: pauses, what is known, what is due, and days before."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from kassa.core.periods import Period
from kassa.fact_catalog import AnyFact
from kassa.reports.anomalies.finding import Finding, Kind
from tests.support.facts import captured, fact
from tests.support.golden_anomalies import KeptDay, findings_of, keep_day

FIRST = date(2026, 9, 1)
NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
DAY, HOUR, MINUTE, SECOND = (
    timedelta(days=1),
    timedelta(hours=1),
    timedelta(minutes=1),
    timedelta(seconds=1),
)


QuietDay = Callable[[Period], KeptDay]


@pytest.fixture(scope="module")
def quiet_day(tmp_path_factory: pytest.TempPathFactory) -> QuietDay:
    """Return what makes what a day leaves on which nothing happened: once for all tests."""
    folder = tmp_path_factory.mktemp("quiet")
    return cache(lambda period: keep_day(folder, period, []))


FoundOn = Callable[[int, list[AnyFact], Kind], list[Finding]]


@pytest.fixture
def found_on(tmp_path: Path, quiet_day: QuietDay) -> FoundOn:
    """Return what says what the report of a day finds of a kind; days are counted from FIRST."""

    def _found_on(day: int, facts: list[AnyFact], kind: Kind) -> list[Finding]:
        days = [Period.of(FIRST + n * DAY, "UTC") for n in range(day + 1)]
        kept = []
        for period in days:
            own = [
                one for one in facts if period.starts_at <= one.metadata.booked_at < period.ends_at
            ]
            kept.append(keep_day(tmp_path, period, own) if own else quiet_day(period))
        found = findings_of(days[-1], [kept[-1].facts], kept[:-1])
        return [one for one in found if one.kind is kind]

    return _found_on


def failed(n: int, at: datetime, minor: int = 1_00) -> AnyFact:
    """Return an attempt of a payment that failed."""
    return fact("PaymentFailed", f"pi_f{n}", at, (minor, "EUR"), object_id=f"ch_f{n}",
                method="card", reason="do_not_honor")  # fmt: skip


def settled(payment: str, at: datetime) -> AnyFact:
    """Return the balance transaction of a capture."""
    gross = {"amount_minor": 10_00, "currency": "EUR"}
    movement = {"moves": "charge", "gross": gross, "fee_minor": 40}
    return fact("BalanceTransactionBooked", payment, at, (10_00, "EUR"), object_id=f"txn_{payment}",
                movement=movement)  # fmt: skip


@pytest.mark.parametrize(
    ("known", "pause", "found"),
    [(50, 180 * SECOND, 1), (49, 180 * SECOND, 0), (50, 181 * SECOND, 0)],
)
def test_cards_are_tested_in_a_run_without_longer_pauses_below_what_is_usual(
    found_on: FoundOn, known: int, pause: timedelta, found: int
) -> None:
    usual = [captured(f"pi_{n}", NOON + n * SECOND, (30_00, "EUR")) for n in range(known)]
    tried = [failed(n, NOON + DAY + n * pause) for n in range(15)]
    findings = found_on(1, [*usual, *tried], Kind.CARD_TESTING)

    assert len(findings) == found
    assert all(len(one.subject_ids) == one.count == 15 for one in findings)


@pytest.mark.parametrize(("pause", "found"), [(20 * MINUTE, 1), (20 * MINUTE + SECOND, 0)])
def test_one_customer_s_payments_are_a_run_without_longer_pauses(
    found_on: FoundOn, pause: timedelta, found: int
) -> None:
    paid = [
        captured(f"pi_{n}", NOON + n * pause, (30_00 + n, "EUR"), customer_id="cus",
                 order_id=f"order-{n}")
        for n in range(6)
    ]  # fmt: skip
    assert len(found_on(0, paid, Kind.VELOCITY)) == found


# 30 captures settle after a day, so one and a half days and three more are waited: 4.5 days.
@pytest.mark.parametrize(
    ("settlements", "day", "found"),
    [(30, 14, 1), (29, 14, 0), (30, 13, 0), (30, 15, 0)],
)
def test_a_capture_is_missing_once_it_is_due_by_its_account_s_usual_delay(
    found_on: FoundOn, settlements: int, day: int, found: int
) -> None:
    usual = [captured(f"pi_{n}", NOON + n * SECOND, (10_00, "EUR")) for n in range(settlements)]
    usual += [settled(f"pi_{n}", NOON + DAY + n * SECOND) for n in range(settlements)]
    missing = captured("pi_missing", NOON + 10 * DAY - 1 * HOUR, (77_00, "EUR"))
    findings = found_on(day, [*usual, missing], Kind.CAPTURED_WITHOUT_PAYOUT)

    assert [one.subject_ids for one in findings] == [("pi_missing",)] * found


@pytest.mark.parametrize(
    ("paid", "day", "found"),
    [(False, 30, 1), (True, 30, 0), (False, 29, 0), (False, 31, 0)],
)
def test_an_invoice_is_missing_its_payment_on_the_thirtieth_day(
    found_on: FoundOn, paid: bool, day: int, found: int
) -> None:
    said = {"number": "2026-00000001", "open_minor": 90_00, "change_minor": 90_00}
    facts = [fact("InvoiceIssued", "2026-00000001", NOON, (90_00, "EUR"), object_id="in", **said)]
    if paid:
        said |= {"open_minor": 0, "change_minor": -90_00}
        at = NOON + 5 * DAY
        settles = fact(
            "InvoiceSettled", "2026-00000001", at, (90_00, "EUR"), object_id="se", **said
        )
        facts.append(settles)
    findings = found_on(day, facts, Kind.INVOICE_WITHOUT_PAYMENT)
    assert [one.amount_minor for one in findings] == [90_00] * found


@pytest.mark.parametrize(("span", "found"), [(2 * HOUR, 1), (2 * HOUR + 7 * SECOND, 0)])
def test_refunds_are_a_burst_within_two_hours(
    found_on: FoundOn, span: timedelta, found: int
) -> None:
    sold = [captured(f"pi_{n}", NOON + n * DAY, (10_00, "EUR")) for n in range(15)]
    at = NOON + 14 * DAY
    refunds = [
        fact("RefundSucceeded", f"pi_{n}", at + n * span / 7, (9_00, "EUR"), object_id=f"re_{n}")
        for n in range(8)
    ]
    assert len(found_on(14, [*sold, *refunds], Kind.REFUND_BURST)) == found
