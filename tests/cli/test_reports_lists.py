"""`GET /reports`, `kassa report list`, `open`, `save`: which reports there are, and documents."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from kassa.archive.archive_facts import archive_facts
from kassa.platform import aws
from kassa.reports.build_report import build_due_reports, build_report
from kassa.reports.report import ReportRequest
from kassa.reports.store import Reports
from tests.support.api_requests import get
from tests.support.aws_stack import FakeClock, Stack
from tests.support.console import Console
from tests.support.console import console as console
from tests.support.facts import captured
from tests.support.kept_stack import KeptScene

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)
TRADED = KeptScene()
FORMS = ("report.csv", "report.html", "report.json")


@pytest.fixture
def shop(
    console: Console,
    stack: Stack,
    fake_clock: FakeClock,
    summary_alone: None,
    monkeypatch: pytest.MonkeyPatch,
) -> Console:
    """Return a shop with four days of trade: two closed, one that wasn't built, and today's."""
    monkeypatch.setenv("COLUMNS", "80")
    fake_clock.at = NOW
    TRADED.begin(stack, trade)
    return console


def trade() -> None:
    archive_facts([captured(f"pi_{n}", NOW - n * DAY, (n * 1_00 + 1, "EUR")) for n in range(4)])
    for n in (3, 1):
        build_report(ReportRequest(day=str((NOW - n * DAY).date())), NOW)
    build_report(ReportRequest(day=str(NOW.date())), NOW)


def listing(**query: str) -> dict[str, Any]:
    status, page = get("/reports", **query)
    assert status == 200, page
    found: dict[str, Any] = page
    return found


def lines(shop: Console, *args: str) -> list[list[str]]:
    assert all(len(line) <= 80 for line in shop.run("report", *args).stdout.splitlines())
    return words(shop, *args)


def words(shop: Console, *args: str) -> list[list[str]]:
    result = shop.run("report", *args)
    assert result.exit_code == 0, result.output
    return [line.split() for line in result.stdout.splitlines() if line.strip()]


def test_the_list_says_what_stands_and_what_is_missing(shop: Console) -> None:
    found = [(one["name"], one["state"]) for one in listing()["reports"]]

    assert found == [
        ("2026-11-23", "preliminary"),
        ("2026-11-22", "closed"),
        ("2026-11-21", "missing"),
        ("2026-11-20", "closed"),
    ]


def test_every_document_has_a_link_that_opens_it_for_five_minutes(shop: Console) -> None:
    for report in listing()["reports"]:
        there = {one["name"]: urlsplit(one["url"]) for one in report["documents"]}
        is_there = report["state"] != "missing"
        assert {*FORMS, "manifest.json"} <= set(there) if is_there else not there
        for name, url in there.items():
            assert url.path.endswith(f"/reports/main/daily/{report['name']}/{name}")
            left_s = int(parse_qs(url.query)["Expires"][0]) - time.time()
            assert 0 < left_s <= 300


def test_pages_follow_each_other_to_the_end(shop: Console) -> None:
    first = listing(limit="3")
    second = listing(limit="3", cursor=first["next_cursor"])

    names = [one["name"] for page in (first, second) for one in page["reports"]]
    assert names == ["2026-11-23", "2026-11-22", "2026-11-21", "2026-11-20"]
    assert (second["has_more"], second["next_cursor"]) == (False, None)


def test_a_cursor_of_another_list_is_refused(shop: Console) -> None:
    cursor = listing(limit="1")["next_cursor"]

    status, problem = get("/reports", period="weekly", cursor=cursor)
    assert (status, problem["param"]) == (400, "cursor")


def test_weeks_and_months_are_lists_of_their_own(shop: Console) -> None:
    build_due_reports(NOW)
    build_report(ReportRequest(day="2026-11", period="monthly"), NOW)

    [week] = listing(period="weekly")["reports"]
    [month] = listing(period="monthly")["reports"]
    assert (week["name"], week["first_day"], week["last_day"], week["state"]) == (
        *("2026-W47", "2026-11-16", "2026-11-22"),
        "closed",
    )
    assert (month["name"], month["state"]) == ("2026-11", "preliminary")


def test_a_list_stands_within_a_terminal_and_says_what_to_do(shop: Console) -> None:
    shown = lines(shop, "list")

    assert ["2026-11-22", "2026-11-22", "closed"] in [line[:3] for line in shown]
    assert "report (csv, html, json" in " ".join(shop.run("report", "list").stdout.split())
    assert "kassa report daily 2026-11-21" in shop.run("report", "list").stdout
    assert shop.json("report", "list")["reports"][0]["documents"][0]["url"].startswith("https://")


def test_documents_are_saved_and_one_is_opened(shop: Console, tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    words(shop, "save", "2026-11-22", "--to", str(folder))
    run = Reports("main").run("2026-11-22")
    assert run is not None
    assert {one.name for one in folder.iterdir()} == set(run.digests) > set(FORMS)
    assert b"2026-11-22" in (folder / "report.csv").read_bytes()

    [[path]] = words(shop, "open", "2026-11-23", "--print")
    assert Path(path).read_text().startswith("<!doctype html>")


def test_what_is_not_there_is_said_in_one_line(shop: Console) -> None:
    assert "'kassa report weekly 2026-W47'" in shop.refused("report", "save", "2026-W47")
    has = "2026-11-22 has no fees.pdf: it has "
    assert has in shop.refused("report", "open", "2026-11-22", "--document", "fees.pdf")
    wrong = shop.run("report", "save", "2026-13")
    assert (wrong.exit_code, "names no day, week, month or window" in wrong.stderr) == (2, True)


def test_before_the_books_the_way_to_a_report_is_an_import(shop: Console) -> None:
    for args in (("save", "2026-10"), ("explain", "2026-10", "gross")):
        said = " ".join(shop.refused("report", *args).split())
        assert "there is no monthly report of 2026-10: the books begin on 2026-11-20." in said
        assert "'kassa import' brings in" in said
    status, problem = get("/reports/daily/2026-11-19")
    assert (status, "the books begin on 2026-11-20" in str(problem)) == (404, True)
    assert "that month hasn't begun" in shop.refused("report", "save", "2027-01")
    beyond = shop.run("report", "daily", "9999-12-31")
    assert (beyond.exit_code, "names no day" in beyond.stderr) == (2, True)


def test_a_document_that_is_gone_can_be_written_again(shop: Console) -> None:
    key = "reports/main/daily/2026-11-22/report.html"
    aws.client("s3").delete_object(Bucket=shop.made.bucket, Key=key)

    assert "--rebuild' writes it again" in shop.refused("report", "open", "2026-11-22")


def test_a_report_that_is_being_built_says_so(
    shop: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: Any) -> None:
        raise TimeoutError

    with monkeypatch.context() as patch:
        patch.setattr(Reports, "finish", dies)
        with pytest.raises(TimeoutError):
            build_report(ReportRequest(day="2026-11-21"), NOW)

    assert [one["state"] for one in listing()["reports"]][2] == "building"
    assert "is being built" in shop.refused("report", "save", "2026-11-21")
