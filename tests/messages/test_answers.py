"""What a carrier's refusal or silence means for a message."""

from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from kassa.deliveries.delivery import Channel, Status, new_delivery
from kassa.messages.carriers.ask_carrier import ask_carrier
from tests.support.aws_stack import NOW, FakeClock
from tests.support.facts import captured

URL = "https://email.eu-west-1.amazonaws.com"
DELIVERY = new_delivery(captured("pi_1", NOW, (1, "EUR")), Channel.MAIL, "customer:1", NOW)


def refusal(code: str, status: int) -> ClientError:
    response = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "SendEmail")  # type: ignore[arg-type]


def raising(error: Exception) -> Any:
    def call() -> dict[str, Any]:
        raise error

    return call


@pytest.mark.parametrize(
    ("error", "status", "reason"),
    [
        (refusal("TooManyRequestsException", 429), Status.WAITING, "busy"),
        (refusal("ThrottlingException", 400), Status.WAITING, "busy"),
        (refusal("LimitExceededException", 400), Status.WAITING, "busy"),
        (refusal("SendingPausedException", 400), Status.WAITING, "SendingPausedException"),
        (refusal("AccountSuspendedException", 400), Status.WAITING, "AccountSuspendedException"),
        (
            refusal("MailFromDomainNotVerifiedException", 400),
            Status.WAITING,
            "MailFromDomainNotVerifiedException",
        ),
        (refusal("AccessDeniedException", 403), Status.WAITING, "AccessDeniedException"),
        (refusal("MessageRejected", 400), Status.FAILED, "MessageRejected"),
        (refusal("BadRequestException", 400), Status.FAILED, "BadRequestException"),
        (refusal("InternalFailure", 500), Status.UNKNOWN, "no_answer"),
        (refusal("ServiceUnavailable", 503), Status.UNKNOWN, "no_answer"),
        (ConnectTimeoutError(endpoint_url=URL), Status.WAITING, "busy"),
        (EndpointConnectionError(endpoint_url=URL), Status.WAITING, "busy"),
        (ReadTimeoutError(endpoint_url=URL), Status.UNKNOWN, "no_answer"),
        (ConnectionClosedError(endpoint_url=URL), Status.UNKNOWN, "no_answer"),
        (ConnectionResetError(), Status.UNKNOWN, "no_answer"),
    ],
)
def test_only_what_surely_did_not_leave_is_tried_again(
    fake_clock: FakeClock, error: Exception, status: Status, reason: str
) -> None:
    outcome = ask_carrier(DELIVERY, raising(error))

    assert (outcome.status, outcome.reason) == (status, reason)
    assert (outcome.next_attempt_at is not None) is (status is Status.WAITING)


def test_an_answer_that_nobody_can_read_may_have_been_yes(fake_clock: FakeClock) -> None:
    assert ask_carrier(DELIVERY, lambda: {}).status is Status.UNKNOWN


def test_what_was_taken_has_the_carrier_s_name(fake_clock: FakeClock) -> None:
    outcome = ask_carrier(DELIVERY, lambda: {"MessageId": "0102"})

    assert (outcome.status, outcome.carrier_id) == (Status.SENT, "0102")


def test_a_busy_carrier_is_asked_less_often_and_not_for_ever(fake_clock: FakeClock) -> None:
    busy = raising(refusal("TooManyRequestsException", 429))
    waits = []
    for hours in (0, 1, 24, 73):
        fake_clock.at = NOW + timedelta(hours=hours)
        outcome = ask_carrier(DELIVERY, busy)
        after = outcome.next_attempt_at
        waits.append((after - fake_clock.at) / timedelta(minutes=1) if after else None)

    assert waits == [1, 30, 60, None]
    assert outcome.status is Status.FAILED
