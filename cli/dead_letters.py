"""Names what a dead-lettered message is about, by ids alone: names and mails stay unread."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

from kassa.domain.model import Instant, Model


class Letter(Model):
    """A message in a dead-letter queue."""

    message_id: str
    sent_at: Instant
    content: str


def read(message: dict[str, Any]) -> Letter:
    """Return what an SQS message is, whatever form its body has."""
    return Letter(
        message_id=message["MessageId"],
        sent_at=datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1000, UTC),
        content=_content(message["Body"]),
    )


def invoked_with(body: str) -> str:
    """Return what a function was invoked with: Lambda wraps it into a record of the failure."""
    try:
        told = json.loads(body)
    except ValueError:
        return body
    is_record = isinstance(told, dict) and "requestPayload" in told
    return json.dumps(told["requestPayload"]) if is_record else body


def _content(body: str) -> str:
    try:
        told = json.loads(invoked_with(body))
    except ValueError:
        return f"not JSON, {len(body)} characters"
    if not isinstance(told, dict):
        return f"JSON, but no object, {len(body)} characters"
    if "gateway" in told:
        return _delivery(told)
    if "detail" in told:
        return _fact(told)
    if "refund_request_id" in told:
        return f"the next step of {told['refund_request_id']}"
    return f"an object with {', '.join(sorted(told)) or 'nothing'}"


def _delivery(told: dict[str, Any]) -> str:
    whose = f"{told['gateway']}/{told.get('account')}, {told.get('origin', 'webhook')}"
    if told.get("body_key"):
        return f"{whose}: a large body, {told['body_key']}"
    try:
        event = json.loads(base64.b64decode(told.get("body_base64", "")))
        return f"{whose}: {event['type']} {event['id']}"
    except (ValueError, KeyError, TypeError):
        return f"{whose}: unreadable bytes"


def _fact(told: dict[str, Any]) -> str:
    detail = told["detail"] if isinstance(told["detail"], dict) else {}
    named = detail.get("metadata", {}).get("fact_id") or detail.get("id")
    return f"{told.get('detail-type')} {named}"
