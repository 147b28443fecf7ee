"""Events of carriers, in the envelopes of EventBridge that a queue hands on."""

import json
from typing import Any

DETAIL_TYPES = {"Send": "Email Sent", "Delivery": "Email Delivered", "Bounce": "Email Bounced"}
AT = "2026-11-21T09:05:00.000Z"


def mail_event(kind: str, delivery_id: str | None, **its: Any) -> str:
    """Return an event of SES' about a mail; `its` is what stands below the kind's own name."""
    tags = {"ses:configuration-set": ["kassa"]}
    if delivery_id is not None:
        tags["delivery_id"] = [delivery_id]
    mail = {
        "timestamp": AT,
        "messageId": "0102-1",
        "source": "shop@shop.example",
        "destination": ["jane@shop.example"],
        "tags": tags,
    }
    detail = {"eventType": kind, "mail": mail, kind.lower(): {"timestamp": AT} | its}
    return _enveloped("aws.ses", DETAIL_TYPES.get(kind, f"Email {kind}"), detail)


def bounce(
    delivery_id: str,
    kind: str = "Permanent",
    address: str = "jane@shop.example",
    status: str = "5.1.1",
    at: str = AT,
) -> str:
    """Return a bounce of one address."""
    recipient = {"emailAddress": address, "action": "failed", "status": status}
    return mail_event(
        "Bounce",
        delivery_id,
        bounceType=kind,
        bounceSubType="General",
        bouncedRecipients=[recipient],
        timestamp=at,
    )


def complaint(delivery_id: str, kind: str | None = "abuse") -> str:
    """Return a complaint of one address."""
    recipients = [{"emailAddress": "jane@shop.example"}]
    its: dict[str, Any] = {"complainedRecipients": recipients}
    return mail_event("Complaint", delivery_id, **its, complaintFeedbackType=kind)


def text_event(kind: str, delivery_id: str | None, **more: Any) -> str:
    """Return an event of End User Messaging's about a text."""
    context = {"delivery_id": delivery_id, "stack": "kassa"} if delivery_id else {}
    detail = {
        "eventType": kind,
        "eventVersion": "1.0",
        "eventTimestamp": 1_795_251_900_000,
        "isFinal": True,
        "destinationPhoneNumber": "+358401234567",
        "messageId": "ed23196c",
        "context": context,
    }
    return _enveloped("aws.sms-voice", "Text Message Delivery Status Updated", detail | more)


def _enveloped(source: str, detail_type: str, detail: dict[str, Any]) -> str:
    envelope = {"version": "0", "id": "1", "detail-type": detail_type, "source": source}
    return json.dumps(envelope | {"time": AT, "resources": [], "detail": detail})
