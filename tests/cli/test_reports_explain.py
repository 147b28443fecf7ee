"""`kassa report explain`, as an operator sees it."""

from datetime import timedelta

import pytest

from kassa.archive.archive_facts import archive_facts
from kassa.core.postings import PostingKind
from kassa.reports.build_report import build_report
from kassa.reports.report import ReportRequest
from tests.support.aws_stack import NOW, Stack
from tests.support.console import Console
from tests.support.console import console as console
from tests.support.facts import balanced, captured, failed, moved
from tests.support.kept_stack import KeptScene

DAY = NOW - timedelta(days=1)
SOLD = KeptScene()


@pytest.fixture
def shop(console: Console, stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Console:
    monkeypatch.setenv("COLUMNS", "80")
    SOLD.begin(stack, sell)
    return console


def sell() -> None:
    sold = [captured(f"pi_{n}", DAY, (n * 1_00, "EUR")) for n in range(1, 4)]
    returned = moved("RefundSucceeded", "pi_3", DAY, (50, "EUR"), PostingKind.REFUND)
    yen = captured("pi_9", DAY, (7_000, "JPY"))
    tried = failed("pi_7", DAY, (9_00, "EUR"), "expired_card", 1)
    tried = tried.model_copy(update={"data": tried.data.model_copy(update={"method": "card"})})
    archive_facts([*sold, returned, yen, tried, balanced("txn_1", DAY, (3_00, "EUR"), 12)])
    build_report(ReportRequest(day=str(DAY.date())), NOW)


def shown(shop: Console, *args: str) -> list[str]:
    result = shop.run("report", "explain", *args)
    assert result.exit_code == 0, result.output
    assert all(len(line) <= 80 for line in result.stdout.splitlines())
    return [" ".join(line.split()) for line in result.stdout.splitlines() if line.strip()]


def test_a_figure_is_expanded_to_its_payments_and_events(shop: Console) -> None:
    lines = shown(shop, "2026-11-20", "net", "--gateway", "stripe", "--currency", "eur")

    assert lines[0] == "net of 2026-11-20 closed, 1 file"
    assert "EUR 5.38 5" in lines
    assert "stripe/main/pi_3" in lines
    assert "evt_re_pi_3_RefundSucceeded" in lines
    assert "booked 2026-11-20 09:00:00 part refunds amount -0.50 EUR" in lines


def test_failed_attempts_are_shown_with_their_reasons(shop: Console) -> None:
    lines = shown(shop, "2026-11-20", "failed", "--method", "card", "--reason", "expired_card")

    assert lines[0] == "failed of 2026-11-20 closed, 1 file"
    assert "currency to be paid attempts" in lines
    assert "EUR 9.00 1" in lines
    assert "booked 2026-11-20 09:00:00 reason expired_card amount 9.00 EUR" in lines
    assert shown(shop, "2026-11-20", "failed", "--channel", "web")[1] == "No attempt failed."
    assert shown(shop, "2026-11-20", "charged", "--region", "eea")[1] == "Nothing was charged."


def test_more_postings_follow(shop: Console) -> None:
    first = shop.json("report", "explain", "2026-11-20", "gross", "--limit", "3")
    cursor = first["next_cursor"]
    rest = shop.json("report", "explain", "2026-11-20", "gross", "--cursor", cursor)

    assert [len(page["postings"]) for page in (first, rest)] == [3, 1]
    assert rest["next_cursor"] is None
    assert "There are more" in shown(shop, "2026-11-20", "gross", "--limit", "3")[-1]


def test_the_query_is_shown(shop: Console) -> None:
    text = shop.run("report", "explain", "2026-11-20", "fees", "--query").stdout
    assert "VALUES ('fees', 'gateway_fees', []::VARCHAR[], 1)" in text


def test_what_is_no_figure_or_was_not_built_is_said(shop: Console) -> None:
    wrong = shop.run("report", "explain", "2026-11-20", "profit")
    assert (wrong.exit_code, "profit is no figure: gross, " in wrong.stderr) == (2, True)
    assert "now by 'kassa report weekly 2026-W47'" in shop.refused(
        "report", "explain", "2026-W47", "net"
    )
    words = ("report", "explain", "2026-11-20", "net")
    assert "none is called strip; there are stripe" in shop.refused(*words, "--gateway", "strip")
    assert "XXX is no currency" in shop.refused(*words, "--currency", "xxx")
    assert "No posting is a part of it." in shown(shop, "2026-11-20", "disputes")
