"""Today's screen: the day's money, what waits for a person, what stood out, what to do first."""

import json
from datetime import timedelta

import pytest

from kassa.archive.archive_facts import archive_facts
from kassa.archive.report_names import document_key
from kassa.core.periods import PeriodKind
from kassa.people.persons import Role
from kassa.platform import aws
from tests.support.aws_stack import NOW, FakeClock, Stack
from tests.support.console_pages import Browser, person
from tests.support.console_pages import opened as opened
from tests.support.facts import captured
from tests.support.refund_stage import RefundStage
from tests.support.refund_stage import stage as stage

pytestmark = pytest.mark.usefixtures("opened")
HTML_MAX = 60 * 1024
HOSTILE = "<script>alert('x')</script>\"'&{{7*7}}"


@pytest.mark.usefixtures("stack")
def test_a_new_stack_says_what_to_do_first() -> None:
    shown = Browser().sign_in(person(Role.APPROVER)).get("/console")

    assert "What to do first" in shown.text
    assert "No money has moved yet today." in shown.text
    assert "Nothing waits for a decision." in shown.text
    assert shown.body.count('<li class="done">') == 2  # a gateway's key, and who approves refunds


def test_a_webhook_that_moved_nothing_is_a_first_one(stage: RefundStage) -> None:
    stage.pay()
    shown = Browser().sign_in(person(Role.APPROVER)).get("/console")

    assert shown.body.count('<li class="done">') == 4


def test_the_days_money_stands_there_by_currency(stack: object) -> None:
    eur = (100_00, "EUR"), (50_00, "EUR")
    archive_facts([captured(f"pi_{n}", NOW, money) for n, money in enumerate(eur)])
    shown = Browser().sign_in(person()).get("/console")

    assert "150.00 EUR" in shown.text
    assert "What to do first" not in shown.text


def test_the_days_money_stands_beside_what_the_weekday_usually_comes_to(stack: Stack) -> None:
    archive_facts([captured("pi_1", NOW, (100_00, "EUR"))])
    nets = (90_00, 100_00, 110_00, 100_00, 95_00)
    for weeks, net in enumerate(nets, 1):
        day = NOW.date() - timedelta(weeks=weeks)
        key = document_key("main", PeriodKind.DAILY, str(day), "report.json")
        one = {"currency": "EUR", "net": {"amount_minor": net, "currency": "EUR"}}
        document = json.dumps({"currencies": [one]})
        aws.client("s3").put_object(Bucket=stack.bucket, Key=key, Body=document.encode())
    shown = Browser().sign_in(person()).get("/console")

    assert "A whole day like this usually nets 77.76 EUR to 122.24 EUR." in shown.text


def test_refunds_that_wait_stand_there_with_their_ages(
    stage: RefundStage, fake_clock: FakeClock
) -> None:
    stage.request_refund(stage.pay(), 80_00)
    fake_clock.at += timedelta(hours=3)
    shown = Browser().sign_in(person()).get("/console")

    assert "1 refund waits for a decision." in shown.text
    assert "80.00 EUR" in shown.text
    assert "3 hours" in shown.text
    assert "Damaged" in shown.text


@pytest.mark.usefixtures("stack")
def test_a_hostile_name_is_shown_and_does_nothing() -> None:
    shown = Browser().sign_in(person(name=HOSTILE)).get("/console")

    assert HOSTILE in shown.text
    assert "<script>alert" not in shown.body


@pytest.mark.usefixtures("stack")
@pytest.mark.parametrize(
    ("accepted", "language", "today"),
    [
        ("ja", "ja", "今日"),
        ("fi-FI,fi;q=0.9,en;q=0.8", "fi", "Tänään"),
        ("zh-TW", "zh-Hant", "今日"),
        ("de,th;q=0.5,ru;q=0.7", "ru", "Сегодня"),
        ("", "en", "Today"),
        ("*;q=x", "en", "Today"),
    ],
)
def test_pages_are_in_the_language_that_the_browser_asks_for(
    accepted: str, language: str, today: str
) -> None:
    shown = Browser(accepted).sign_in(person()).get("/console")

    assert f'<html lang="{language}">' in shown.body
    assert today in shown.text


@pytest.mark.usefixtures("stack")
def test_somebody_chooses_another_language_for_their_session() -> None:
    browser = Browser("en").sign_in(person())
    chosen = browser.send("/console/language", language="th")

    assert (chosen.status, chosen.leads_to) == (303, "/console")
    assert "วันนี้" in browser.get("/console").text
    here = "/console/payments?status=failed"
    assert browser.send("/console/language", language="en", back=here).leads_to == here
    for elsewhere in ("https://evil.example", "//evil.example", "/console/sign-out"):
        sent = browser.send("/console/language", language="th", back=elsewhere)
        assert sent.leads_to == "/console"
    browser.send("/console/language", language="xx")
    assert "วันนี้" in browser.get("/console").text


@pytest.mark.usefixtures("stack")
def test_a_page_is_small_and_holds_no_script_or_style_of_its_own() -> None:
    browser = Browser().sign_in(person())
    body = browser.get("/console").body

    assert len(body.encode()) < HTML_MAX
    assert "<style" not in body
    assert " style=" not in body
    assert "<script>" not in body
    assert "http" not in body.replace("http-equiv", "")


@pytest.mark.usefixtures("stack")
def test_what_a_page_refers_to_is_kept_under_a_name_of_its_content() -> None:
    browser = Browser().sign_in(person())
    refers = browser.get("/console").body.split('href="')
    [style] = [one.partition('"')[0] for one in refers if "console.css" in one]

    assert "?v=" in style
    sheet = browser.get(style)
    assert sheet.status == 200
    assert sheet.headers["Content-Type"].startswith("text/css")
    for other in ("../keys.py", "..%2Fkeys.py", "nothing.css", ""):
        assert browser.get(f"/console/static/{other}").status in (401, 404)


@pytest.mark.usefixtures("stack")
def test_the_screen_reads_the_table_a_few_times(monkeypatch: pytest.MonkeyPatch) -> None:
    archive_facts([captured("pi_1", NOW, (100_00, "EUR"))])
    browser = Browser().sign_in(person())
    client, calls = aws.client("dynamodb"), []

    class Counting:
        def __getattr__(self, name: str) -> object:
            calls.append(name)
            return getattr(client, name)

    aws.install({"dynamodb": Counting()})
    browser.get("/console")

    assert len(calls) <= 7, calls
