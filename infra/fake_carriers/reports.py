"""What carriers report afterwards, in the envelopes that EventBridge puts on a queue.

Made after the guides' own descriptions (SES "events schema reference", End User Messaging
"Monitoring with EventBridge"), with the fields that those always have.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

_DETAIL_TYPES = {
    "Send": "Email Sent",
    "Delivery": "Email Delivered",
    "Bounce": "Email Bounced",
    "Complaint": "Email Complaint Received",
}


def of_mail(kind: str, request: Mapping[str, Any], message_id: str) -> dict[str, Any]:
    """Return an event about a mail, by its kind: Send, or Bounce:Permanent:General:5.1.1."""
    name, *more = kind.split(":")
    at, to = _now(), request["Destination"]["ToAddresses"]
    tags = {one["Name"]: [one["Value"]] for one in request.get("EmailTags", [])}
    mail = {
        "timestamp": at,
        "source": request.get("FromEmailAddress", ""),
        "messageId": message_id,
        "destination": to,
        "tags": tags | {"ses:configuration-set": [request.get("ConfigurationSetName", "")]},
    }
    its = {"timestamp": at} | _about(name, more, to)
    detail = {"eventType": name, "mail": mail, name.lower(): its if name != "Send" else {}}
    return _enveloped("aws.ses", _DETAIL_TYPES[name], detail)


def of_text(kind: str, request: Mapping[str, Any], message_id: str) -> dict[str, Any]:
    """Return an event about a text, by its type."""
    detail = {
        "eventType": kind,
        "eventVersion": "1.0",
        "eventTimestamp": int(datetime.now(UTC).timestamp() * 1000),
        "isFinal": True,
        "destinationPhoneNumber": request["DestinationPhoneNumber"],
        "messageId": message_id,
        "messageType": request.get("MessageType", "TRANSACTIONAL"),
        "context": request.get("Context", {}),
    }
    return _enveloped("aws.sms-voice", "Text Message Delivery Status Updated", detail)


def _about(name: str, more: list[str], to: list[str]) -> dict[str, Any]:
    if name == "Bounce":
        kind, sub_type, status = more
        recipients = [{"emailAddress": one, "action": "failed", "status": status} for one in to]
        return {
            "bounceType": kind,
            "bounceSubType": sub_type,
            "bouncedRecipients": recipients,
            "feedbackId": str(uuid4()),
        }
    if name == "Complaint":
        return {
            "complainedRecipients": [{"emailAddress": one} for one in to],
            "complaintFeedbackType": "abuse",
            "feedbackId": str(uuid4()),
        }
    return {"recipients": to} if name == "Delivery" else {}


def _enveloped(source: str, detail_type: str, detail: dict[str, Any]) -> dict[str, Any]:
    envelope = {"version": "0", "id": str(uuid4()), "source": source, "time": _now()}
    return envelope | {"detail-type": detail_type, "resources": [], "detail": detail}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
