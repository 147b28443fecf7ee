"""The fake carriers speak as SES and End User Messaging do: boto3's own client can't tell."""

import email
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError
from botocore.session import get_session

from infra.fake_carriers import behaviour, server
from infra.fake_carriers.carriers import Carriers
from infra.fake_carriers.outbox import Outbox
from infra.fake_carriers.server import Server
from kassa.deliveries.delivery import Status
from kassa.messages.carriers.answers import BUSY, CLOSED
from kassa.messages.mail_events.mail_event import report_of
from kassa.platform import aws

RAW = b"From: shop@shop.example\r\nTo: jane@buyer.example\r\nSubject: Hello\r\n\r\nHello\r\n"


@pytest.fixture
def carriers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(server, "SLOW_S", 0.05)
    made = Server(Carriers(Outbox(tmp_path)), lambda queue_url: print)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


def client(carriers: Server, service: str) -> Any:
    """Return a client that checks what it sends, and asks once."""
    session = boto3.session.Session("testing", "testing", region_name="eu-west-1")
    once = Config(retries={"total_max_attempts": 1})
    return session.client(service, endpoint_url=carriers.address, config=once)


def send(carriers: Server, to: str) -> Any:
    return client(carriers, "sesv2").send_email(
        FromEmailAddress="shop@shop.example",
        Destination={"ToAddresses": [to]},
        Content={"Raw": {"Data": RAW}},
        ConfigurationSetName="kassa",
        EmailTags=[{"Name": "delivery_id", "Value": "dl_1"}],
    )


def text(carriers: Server, to: str) -> Any:
    return client(carriers, "pinpoint-sms-voice-v2").send_text_message(
        DestinationPhoneNumber=to,
        OriginationIdentity="KAUPPA",
        MessageBody="Hei",
        MessageType="TRANSACTIONAL",
        TimeToLive=14_400,
        Context={"delivery_id": "dl_1", "stack": "kassa"},
    )


def heard(carriers: Server) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    carriers.carriers.listen(events.append)
    return events


def test_a_mail_is_a_file_that_can_be_opened(carriers: Server, tmp_path: Path) -> None:
    assert send(carriers, "jane@buyer.example")["MessageId"]

    [path] = tmp_path.glob("*.eml")
    assert email.message_from_bytes(path.read_bytes())["Subject"] == "Hello"


def test_a_text_is_a_file_too(carriers: Server, tmp_path: Path) -> None:
    assert text(carriers, "+358401234567")["MessageId"]

    [path] = tmp_path.glob("*.txt")
    assert path.read_text() == "Hei"


@pytest.mark.parametrize(
    ("name", "statuses"),
    [
        ("jane", [Status.SENT, Status.DELIVERED]),
        ("success", [Status.SENT, Status.DELIVERED]),
        ("bounce", [Status.SENT, Status.BOUNCED]),
        ("suppressionlist", [Status.SENT, Status.BOUNCED]),
        ("ooto", [Status.SENT, Status.DELIVERED, Status.BOUNCED]),
        ("complaint", [Status.SENT, Status.DELIVERED, Status.COMPLAINED]),
        ("early", [Status.DELIVERED, Status.SENT]),
    ],
)
def test_what_the_simulator_reports_kassa_reads(
    carriers: Server, name: str, statuses: list[Status]
) -> None:
    send(carriers, f"{name}+1@simulator.amazonses.com")
    reports = [report_of(event) for event in heard(carriers)]

    assert [one.status for one in reports if one] == statuses
    assert {one.delivery_id for one in reports if one} == {"dl_1"}


@pytest.mark.parametrize("number", ["+358400000001", "+358400000002"])
def test_a_text_that_doesn_t_arrive_is_reported(carriers: Server, number: str) -> None:
    text(carriers, number)
    [report] = [report_of(event) for event in heard(carriers)]

    assert report is not None
    assert report.status is Status.BOUNCED


@pytest.mark.parametrize(("name", "code"), [
    ("throttle", "TooManyRequestsException"),
    ("reject", "MessageRejected"),
    ("paused", "SendingPausedException"),
])  # fmt: skip
def test_a_refusal_has_a_code_of_the_service_s_and_leaves_nothing(
    carriers: Server, tmp_path: Path, name: str, code: str
) -> None:
    with pytest.raises(ClientError) as refused:
        send(carriers, f"{name}@{behaviour.SIMULATOR}")

    assert refused.value.response["Error"]["Code"] == code
    assert code in errors("sesv2", "SendEmail")
    assert not list(tmp_path.iterdir())
    assert heard(carriers) == []


def test_a_lost_answer_comes_after_the_mail_was_taken(carriers: Server, tmp_path: Path) -> None:
    with pytest.raises(HTTPClientError):
        send(carriers, f"lost@{behaviour.SIMULATOR}")

    assert len(list(tmp_path.glob("*.eml"))) == 1
    assert len(heard(carriers)) == 2


@pytest.mark.parametrize("name", ["lost", "throttle"])
def test_kassa_s_own_client_asks_once_whatever_is_answered(
    carriers: Server, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The SDK's retries would send a mail twice whose answer was lost."""
    asked: list[bytes] = []
    take = carriers.carriers.send_email
    monkeypatch.setattr(
        carriers.carriers, "send_email", lambda body: asked.append(body) or take(body)
    )
    for variable, value in {
        "AWS_ENDPOINT_URL_SESV2": carriers.address,
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
    }.items():
        monkeypatch.setenv(variable, value)
    aws.install({})  # and forget clients that lead elsewhere

    with pytest.raises((ClientError, HTTPClientError)):
        aws.client_that_asks_once("sesv2").send_email(
            FromEmailAddress="shop@shop.example",
            Destination={"ToAddresses": [f"{name}@{behaviour.SIMULATOR}"]},
            Content={"Raw": {"Data": RAW}},
        )
    assert len(asked) == 1
    aws.install({})


def test_a_slow_carrier_answers_in_the_end(carriers: Server) -> None:
    assert send(carriers, f"slow@{behaviour.SIMULATOR}")["MessageId"]


def errors(service: str, operation: str) -> set[str]:
    """Return the codes that botocore's model of a service lists for an operation."""
    model = get_session().get_service_model(service)
    return {shape.name for shape in model.operation_model(operation).error_shapes}


def test_kassa_knows_what_each_refusal_of_the_services_means() -> None:
    listed = errors("sesv2", "SendEmail") | errors("pinpoint-sms-voice-v2", "SendTextMessage")
    of_this_message = {"BadRequestException", "MessageRejected", "ValidationException"}
    on_their_side = {"InternalServerException"}

    assert listed - BUSY - CLOSED <= of_this_message | on_their_side


def test_what_is_left_of_another_run_is_gone(tmp_path: Path) -> None:
    Outbox(tmp_path).add_mail("jane@buyer.example", RAW)
    Outbox(tmp_path)

    assert not list(tmp_path.iterdir())


def test_a_report_is_json(carriers: Server) -> None:
    send(carriers, "jane@buyer.example")

    assert all(json.loads(json.dumps(event)) == event for event in heard(carriers))
