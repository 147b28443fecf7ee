"""`kassa report today`, as an operator sees it."""

import json
from datetime import timedelta

import pytest

from kassa.archive import quarter_store
from kassa.archive.archive_facts import archive_facts
from kassa.core.postings import PostingKind
from tests.support.aws_stack import NOW, FakeClock, Stack
from tests.support.console import Console
from tests.support.console import console as console
from tests.support.facts import balanced, captured, failed, moved

MINUTE = timedelta(minutes=1)
AT = NOW - 2 * MINUTE


@pytest.fixture
def shop(console: Console, stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Console:
    monkeypatch.setenv("COLUMNS", "80")
    quarter_store._tally.cache_clear()
    return console


def sold() -> None:
    """Book a morning's trade."""
    archive_facts(
        [
            captured("pi_1", AT, (1_234_50, "EUR")),
            captured("pi_2", AT, (7_000, "JPY"), "konbini"),
            moved("RefundSucceeded", "pi_1", AT + MINUTE, (34_50, "EUR"), PostingKind.REFUND),
            balanced("txn_1", AT + MINUTE, (1_234_50, "EUR"), 12_00),
            failed("pi_3", AT + MINUTE, (50_00, "EUR"), "expired_card", 1),
        ]
    )


def shown(shop: Console, *args: str) -> list[list[str]]:
    result = shop.run("report", "today", *args)
    assert result.exit_code == 0, result.output
    assert all(len(line) <= 80 for line in result.stdout.splitlines())
    return [line.split() for line in result.stdout.splitlines() if line.strip()]


def test_today_stands_by_currency_gateway_and_method(shop: Console) -> None:
    sold()
    lines = shown(shop)

    assert lines[0] == ["Today", "so", "far,", "2026-11-21", "UTC"]
    assert ["net", "1,188.00", "7,000"] in lines
    assert ["captured", "payments", "1", "1"] in lines
    assert ["stripe", "EUR", "1,234.50", "1,188.00", "1", "1"] in lines
    assert ["konbini", "stripe", "JPY", "7,000", "1", "0"] in lines
    assert ["unknown", "stripe", "EUR", "–", "0", "1"] in lines
    assert lines[-1] == ["counted", "120", "s", "after", "it", "was", "booked"]


def test_a_day_without_bookings_says_so(shop: Console) -> None:
    assert ["Nothing", "moved", "yet", "today."] in shown(shop)


def test_programs_get_minor_units(shop: Console) -> None:
    sold()
    result = json.loads(shop.run("report", "today", "--json").stdout)

    assert [each["net_minor"] for each in result["currencies"]] == [1_188_00, 7_000]
    assert result["lag_s"] == 120


def test_watching_reads_again_until_it_is_stopped(
    shop: Console, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited = list[float]()

    def sleep(seconds: float) -> None:
        if waited:
            raise KeyboardInterrupt
        waited.append(seconds)
        sold()

    monkeypatch.setattr(fake_clock, "sleep", sleep)
    result = shop.run("report", "today", "--watch")

    assert waited == [15.0]
    assert "1,188.00" in result.stdout


def test_programs_do_not_watch(shop: Console) -> None:
    result = shop.run("report", "today", "--watch", "--json")

    assert (result.exit_code, "--watch shows tables" in result.stderr) == (2, True)
