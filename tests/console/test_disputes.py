"""Disputes in the console: people see what would be submitted, and submit it once."""

from collections.abc import Iterator

import pytest

from kassa.disputes.dispute import AnswerState
from kassa.people.persons import Role
from tests.support.aws_stack import Stack
from tests.support.console_pages import Browser, Page, person
from tests.support.console_pages import opened as opened
from tests.support.dispute_stage import PDF, DisputeStage, disputing
from tests.support.fake_clock import FakeClock

pytestmark = pytest.mark.usefixtures("opened")
HTML_MAX = 60 * 1024
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def stage(
    opened: None, stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[DisputeStage]:
    """Open a stage with a dispute at Stripe."""
    with disputing("stripe", stack, fake_clock, monkeypatch) as made:
        made.open()
        yield made


@pytest.fixture
def clerk() -> Browser:
    return Browser().sign_in(person(Role.SUPPORT))


def path_of(stage: DisputeStage, action: str = "") -> str:
    where = f"/console/disputes/stripe/main/{stage.dispute_id}"
    return f"{where}/{action}" if action else where


def upload(
    browser: Browser, stage: DisputeStage, content: bytes, action: str = "files", **typed: str
) -> Page:
    """Send the form by the button that adds a file, as a browser does, or by another."""
    token = browser.form_token(path_of(stage))
    fields = [("form_token", "", token.encode()), ("kind", "", b"shipping")]
    fields += [(name, "", text.encode()) for name, text in typed.items()]
    parts = [*fields, ("file", '; filename="proof.pdf"', content)]
    body = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
        % (name.encode(), more.encode(), value)
        for name, more, value in parts
    )
    return browser.send_bytes(path_of(stage, action), body + b"--x--\r\n", "x")


def test_open_disputes_are_listed_with_why_and_how_long_there_is(
    stage: DisputeStage, clerk: Browser
) -> None:
    shown = clerk.get("/console/disputes")

    for text in ("100.00 EUR", "Fraud", "Not answered", "left", stage.dispute_id):
        assert text in shown.text
    assert path_of(stage) in shown.body
    assert len(shown.body.encode()) < HTML_MAX
    stage.close("lost")
    assert "No dispute is open" in clerk.get("/console/disputes").text
    assert "Lost" in clerk.get("/console/disputes?status=closed").text
    assert "Charged back" in clerk.get("/console/payments?status=charged_back").text


def test_figures_say_how_often_we_win_and_how_many_there_are(
    stage: DisputeStage, clerk: Browser
) -> None:
    figures = "/console/disputes?status=figures"
    shown = clerk.get(figures)
    assert "0 won of 0" in shown.text
    assert "Opened in thirty days 1" in shown.text
    assert "The networks' limit 1.5%" in shown.text
    stage.close("lost")
    assert "0.0% 0 won of 1" in clerk.get(figures).text
    for language in ("fi", "ja", "ru", "th", "zh-Hant"):
        assert Browser(language).sign_in(person(Role.SUPPORT)).get(figures).status == 200


def test_today_says_that_a_dispute_waits_until_it_is_decided(
    stage: DisputeStage, clerk: Browser
) -> None:
    shown = clerk.get("/console")

    assert "Disputes to answer: 1." in shown.text
    assert "Nothing waits for a decision." not in shown.text
    stage.close("lost")
    assert "Nothing waits for a decision." in clerk.get("/console").text


def test_an_answer_is_shown_before_it_is_submitted_and_then_once(
    stage: DisputeStage, clerk: Browser
) -> None:
    shown = clerk.get(path_of(stage))
    assert "It paid order order-1." in shown.text
    assert "proof.pdf" in upload(clerk, stage, PDF).text

    first = clerk.send(path_of(stage, "answer"), path_of(stage), statement=HOSTILE)
    assert "It is taken once" in first.text
    assert "proof.pdf" in first.text
    assert HOSTILE in first.text
    assert "<img" not in first.body
    assert stage.submissions() == 0

    sure = {"statement": HOSTILE, "confirmed": "yes"}
    assert clerk.send(path_of(stage, "answer"), path_of(stage), **sure).status == 303
    assert stage.submissions() == 1
    assert stage.dispute().answer is AnswerState.SUBMITTED
    assert "Submitted" in clerk.get(path_of(stage)).text
    assert clerk.send(path_of(stage, "accept"), path_of(stage), confirmed="yes").status == 409


def test_a_file_costs_nobody_what_they_typed(stage: DisputeStage, clerk: Browser) -> None:
    typed = {"statement": HOSTILE, "carrier": "DHL", "shipped_on": "2026-11-02"}
    for content, status in ((PDF, 200), (b"II*\x00 a TIFF", 400)):
        shown = upload(clerk, stage, content, **typed)
        assert shown.status == status
        assert HOSTILE in shown.text
        assert 'value="DHL"' in shown.body
        assert 'value="2026-11-02"' in shown.body

    back = clerk.send(path_of(stage, "edit"), path_of(stage), **typed)
    assert HOSTILE in back.text
    assert stage.submissions() == 0


def test_a_file_that_was_chosen_is_added_by_looking_at_the_answer_too(
    stage: DisputeStage, clerk: Browser
) -> None:
    assert "proof.pdf" in upload(clerk, stage, PDF, "answer", statement="It arrived").text
    assert [one.name for one in stage.dispute().files] == ["proof.pdf"]


def test_giving_up_is_asked_for_twice(stage: DisputeStage, clerk: Browser) -> None:
    asked = clerk.send(path_of(stage, "accept"), path_of(stage))
    assert "Give 100.00 EUR up?" in asked.text.replace("€100.00", "100.00 EUR")
    assert stage.dispute().answer is AnswerState.NONE
    assert clerk.send(path_of(stage, "accept"), path_of(stage), confirmed="yes").status == 303
    assert stage.dispute().answer is AnswerState.ACCEPTED


def test_a_file_that_the_gateway_doesnt_take_is_refused_with_why(
    stage: DisputeStage, clerk: Browser
) -> None:
    answered = upload(clerk, stage, b"II*\x00 a TIFF")
    assert answered.status == 400
    assert "stripe takes JPEG, PDF, PNG" in answered.text
    assert "content_base64" not in answered.text
    assert stage.dispute().files == ()


def test_who_may_only_read_sees_no_form(stage: DisputeStage) -> None:
    reader = Browser().sign_in(person(Role.READER))
    shown = reader.get(path_of(stage))
    assert shown.status == 200
    assert "enctype" not in shown.body


@pytest.mark.parametrize("language", ["fi", "ja", "ru", "th", "zh-Hant"])
def test_a_dispute_reads_in_each_language(stage: DisputeStage, language: str) -> None:
    browser = Browser(language).sign_in(person(Role.SUPPORT))
    assert browser.get("/console/disputes").status == 200
    assert browser.get(path_of(stage)).status == 200


def test_a_form_of_files_without_the_sessions_token_does_nothing(
    stage: DisputeStage, clerk: Browser
) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="kind"\r\n\r\nother\r\n--x--\r\n'
    assert clerk.send_bytes(path_of(stage, "files"), body, "x").status == 403
    assert stage.dispute().files == ()
