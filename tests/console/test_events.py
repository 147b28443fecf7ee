"""An event of a payment: what the gateway sent, as it was archived, and what sends it in again."""

import logging

import pytest

from kassa.console.pages.payments.event import BODY_MAX, body_shown
from kassa.people.persons import Role
from kassa.platform import aws
from tests.support.aws_stack import NOW
from tests.support.console_pages import Browser, person
from tests.support.console_pages import opened as opened
from tests.support.refund_stage import RefundStage
from tests.support.refund_stage import stage as stage

pytestmark = pytest.mark.usefixtures("opened")
HTML_MAX = 60 * 1024
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def finance() -> Browser:
    return Browser().sign_in(person(Role.FINANCE))


def path_of(stage: RefundStage, browser: Browser, **more: str) -> str:
    """Let a customer pay; return the page of the event that reported the charge."""
    payment = f"/console/payments/stripe/main/{stage.pay(**more)}"
    body = browser.get(payment).body
    links = [part.partition('"')[0] for part in body.split('href="')[1:]]
    return next(one for one in links if one.startswith(f"{payment}/events/"))


def taken(stage: RefundStage) -> list[str]:
    """Take what stands on the queue of events."""
    url = stage.stack.events_queue
    found = aws.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    return [one["Body"] for one in found.get("Messages", [])]


def test_an_event_shows_what_the_gateway_sent(stage: RefundStage, finance: Browser) -> None:
    shown = finance.get(path_of(stage, finance, description=HOSTILE))

    assert shown.status == 200
    assert '"object": "event"' in shown.text
    assert HOSTILE in shown.text
    assert "<script>alert" not in shown.body
    assert len(shown.body.encode()) < HTML_MAX


@pytest.mark.parametrize("role", [Role.READER, Role.APPROVER, Role.DEVELOPER])
def test_who_may_not_export_a_customer_sees_no_body(stage: RefundStage, role: Role) -> None:
    browser = Browser().sign_in(person(role))
    shown = browser.get(path_of(stage, browser))

    assert shown.status == 200
    assert '"object"' not in shown.text
    assert "Whoever may export a customer sees it" in shown.text


def test_nothing_of_a_body_is_logged(
    stage: RefundStage, finance: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    path = path_of(stage, finance, description="Aino Aalto")
    with caplog.at_level(logging.DEBUG):
        assert "Aino Aalto" in finance.get(path).text

    assert "Aino" not in caplog.text


def test_who_may_drive_again_is_shown_the_command_and_nobody_a_form(
    stage: RefundStage, finance: Browser
) -> None:
    path = path_of(stage, finance)
    event_id, day = path.rpartition("/")[2], NOW.date().isoformat()
    command = f"kassa events resend {event_id} --day {day}"

    assert command in finance.get(path).text
    assert command not in Browser().sign_in(person(Role.APPROVER)).get(path).text
    assert finance.send(f"{path}/resend").status == 404
    assert taken(stage) == []


def test_an_event_of_another_payment_is_no_page(stage: RefundStage, finance: Browser) -> None:
    path = path_of(stage, finance)
    event_id = path.rpartition("/")[2]

    assert finance.get(f"/console/payments/stripe/main/pi_other/events/{event_id}").status == 404


def test_a_body_is_laid_out_as_it_was_written() -> None:
    written = b'{"a":1.10,"b":[],"c":{},"d":["x, y",{"e":"\\u00e4 : {"}],"f":12345678901234567890}'
    laid_out = body_shown(written).text

    assert laid_out.splitlines() == [
        *("{", '  "a": 1.10,', '  "b": [],', '  "c": {},', '  "d": [', '    "x, y",', "    {"),
        *('      "e": "\\u00e4 : {"', "    }", "  ],", '  "f": 12345678901234567890', "}"),
    ]


@pytest.mark.parametrize("body", [b"live=0&pspReference=1", b"\xff\x00", b"", b"{"])
def test_what_is_no_json_is_shown_as_it_is(body: bytes) -> None:
    assert body_shown(body).text == body.decode("utf-8", "replace")


@pytest.mark.parametrize("body", ['"' * 90_000, "[" * 90_000, f'["{"ä" * 90_000}"]'])
def test_a_long_body_is_cut(body: str) -> None:
    shown = body_shown(body.encode())

    assert shown.is_cut
    assert len(shown.text.encode()) <= BODY_MAX
