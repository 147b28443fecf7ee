"""Names what a dead-lettered message is about, by ids alone: names and mails stay unread."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

from kassa.core import errors
from kassa.core.model import Instant, Model
from kassa.platform.messaging.failures import Failure


class Why(Model):
    """Why a message became a dead letter, as far as it is known."""

    error: str
    reason: str
    attempt: int | None = None
    raised_at: str | None = None  # the last line of ours that it went through
    code_version: str | None = None
    first_received_at: Instant | None = None
    last_received_at: Instant | None = None


class Letter(Model):
    """A message in a dead-letter queue."""

    message_id: str
    sent_at: Instant
    content: str
    why: Why | None = None


def read(message: dict[str, Any], failure: Failure | None = None) -> Letter:
    """Return what an SQS message is, whatever form its body has, and why it is here."""
    return Letter(
        message_id=message["MessageId"],
        sent_at=datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1000, UTC),
        content=_content(message["Body"]),
        why=_noted(failure) if failure else _by_lambda(message["Body"]) or _by_aws(message),
    )


def _noted(failure: Failure) -> Why:
    return Why.model_validate(failure.model_dump(exclude={"queue", "message_id"}))


def _by_lambda(body: str) -> Why | None:
    """Return why a function failed that was invoked without waiting: Lambda wraps its answer.

    What it answered is shown where the error is one of ours; another's text may hold anything.
    """
    try:
        record = json.loads(body)
        context, answer = record["requestContext"], record.get("responsePayload") or {}
        kind = str(answer.get("errorType") or context["condition"])
        is_ours = isinstance(getattr(errors, kind, None), type)
        reason = str(answer.get("errorMessage", "")) if is_ours else str(context["condition"])
        return Why(error=kind, reason=reason, attempt=int(context["approximateInvokeCount"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _by_aws(message: dict[str, Any]) -> Why | None:
    """Return why a rule or a schedule couldn't hand something over, as AWS says."""
    attributes = {
        k: v.get("StringValue", "") for k, v in message.get("MessageAttributes", {}).items()
    }
    if "ERROR_CODE" not in attributes:
        return None
    tries = attributes.get("RETRY_ATTEMPTS", "")
    return Why(
        error=attributes["ERROR_CODE"],
        reason=attributes.get("ERROR_MESSAGE", ""),
        attempt=int(tries) + 1 if tries.isdecimal() else None,
    )


def invoked_with(body: str) -> str:
    """Return what a function was invoked with: Lambda wraps it into a record of the failure."""
    try:
        record = json.loads(body)
    except ValueError:
        return body
    is_record = isinstance(record, dict) and "requestPayload" in record
    return json.dumps(record["requestPayload"]) if is_record else body


def _content(body: str) -> str:
    try:
        record = json.loads(invoked_with(body))
    except ValueError:
        return f"not JSON, {len(body)} characters"
    if not isinstance(record, dict):
        return f"JSON, but no object, {len(body)} characters"
    if "gateway" in record:
        return _delivery(record)
    if "detail" in record:
        return _fact(record)
    if "refund_request_id" in record:
        return f"the next step of {record['refund_request_id']}"
    return f"an object with {', '.join(sorted(record)) or 'nothing'}"


def _delivery(delivery: dict[str, Any]) -> str:
    whose = f"{delivery['gateway']}/{delivery.get('account')}, {delivery.get('origin', 'webhook')}"
    if delivery.get("body_key"):
        return f"{whose}: a large body, {delivery['body_key']}"
    try:
        event = json.loads(base64.b64decode(delivery.get("body_base64", "")))
        return f"{whose}: {event['type']} {event['id']}"
    except (ValueError, KeyError, TypeError):
        return f"{whose}: unreadable bytes"


def _fact(fact: dict[str, Any]) -> str:
    detail = fact["detail"] if isinstance(fact["detail"], dict) else {}
    metadata = detail["metadata"] if isinstance(detail.get("metadata"), dict) else {}
    named = metadata.get("fact_id") or detail.get("id")
    return f"{fact.get('detail-type')} {named}"
