"""Ask a carrier of AWS' to take one message, once, and read its answer or its silence."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ProxyConnectionError,
)

from kassa.deliveries.delivery import Delivery, Outcome, Status
from kassa.messages.carriers.answers import Answer, answer_of, outcome_of
from kassa.platform import clock
from kassa.platform.telemetry import logger, metrics, reason_of

_UNREACHED = (
    *(ConnectTimeoutError, EndpointConnectionError, ProxyConnectionError, NoCredentialsError),
)


def ask_carrier(attempt: Delivery, call: Callable[[], dict[str, Any]]) -> Outcome:
    """Return what became of a message by asking its carrier; `call` returns its MessageId."""
    try:
        return Outcome(Status.SENT, carrier_id=str(call()["MessageId"]))
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        return _not_taken(attempt, answer_of(code, status), code, error)
    except _UNREACHED as error:
        return _not_taken(attempt, Answer.UNREACHED, type(error).__name__, error)
    except (BotoCoreError, OSError, ValueError, KeyError) as error:  # or an answer nobody can read
        return _not_taken(attempt, Answer.NONE, "", error)


def _not_taken(attempt: Delivery, answer: Answer, code: str, error: Exception) -> Outcome:
    logger.warning(
        "message not taken",
        delivery_id=attempt.delivery_id,
        channel=attempt.channel,
        answer=answer,
        reason=reason_of(error),
    )
    if answer is Answer.CLOSED:
        metrics.add_metric(name="CarrierClosed", unit="Count", value=1)
    if answer is Answer.NONE:
        metrics.add_metric(name="DeliveryUnknown", unit="Count", value=1)
    return outcome_of(answer, code, attempt, clock.now())
