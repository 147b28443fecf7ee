"""What SES and End User Messaging report of a message, from EventBridge's envelope.

Only what is acted on is read. Reports come twice, late and in any order; what each means for its
delivery and its address doesn't depend on the others.
Sources: the SES Developer Guide, "SES events schema reference"; the End User Messaging SMS guide,
"Monitoring with EventBridge".
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from kassa.core.errors import UnreadableEvent
from kassa.deliveries.delivery import Status
from kassa.messages.carriers.ports import TAG

MAIL_SOURCE = "aws.ses"


class Fate(StrEnum):
    """What a report means for the address, beside its delivery."""

    FINE = "fine"
    SOFT = "soft"  # it takes nothing just now
    DEAD = "dead"
    COMPLAINED = "complained"


class Report(NamedTuple):
    """What a carrier says of a delivery, and of the addresses it went to."""

    delivery_id: str
    status: Status
    reason: str | None = None
    fate: Fate = Fate.FINE
    addresses: tuple[str, ...] = ()  # whom it is about; none where the fate is fine
    at: datetime = datetime.min.replace(tzinfo=UTC)


_MAILS = {"Send": Status.SENT, "Delivery": Status.DELIVERED, "Reject": Status.BOUNCED}
_TEXTS = {
    **dict.fromkeys(("TEXT_SENT", "TEXT_PENDING", "TEXT_QUEUED"), Status.SENT),
    **dict.fromkeys(("TEXT_SUCCESSFUL", "TEXT_DELIVERED"), Status.DELIVERED),
    **dict.fromkeys(
        (
            *("TEXT_INVALID", "TEXT_INVALID_MESSAGE", "TEXT_UNREACHABLE", "TEXT_BLOCKED"),
            *("TEXT_CARRIER_UNREACHABLE", "TEXT_CARRIER_BLOCKED", "TEXT_SPAM", "TEXT_TTL_EXPIRED"),
            *("TEXT_PROTECT_BLOCKED", "TEXT_UNKNOWN"),
        ),
        Status.BOUNCED,
    ),
}


def report_of(event: Mapping[str, Any]) -> Report | None:
    """Return what an event reports; none for one that nothing follows from, or no delivery of ours.

    Raises UnreadableEvent where it lacks what every such event has.
    """
    try:
        detail, source = event["detail"], event["source"]
        report = _of_mail(detail) if source == MAIL_SOURCE else _of_text(detail)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        raise UnreadableEvent("a carrier's event says less than its like") from None
    return report


def _of_mail(detail: Mapping[str, Any]) -> Report | None:
    tags, kind = detail["mail"].get("tags") or {}, detail["eventType"]
    [delivery_id] = tags.get(TAG) or [None]
    if delivery_id is None:
        return None
    ours = Report(delivery_id, Status.SENT)
    if kind == "Bounce":
        return _bounced(ours, detail["bounce"])
    if kind == "Complaint":
        return _complained(ours, detail["complaint"])
    if kind not in _MAILS:
        return None
    at = _instant((detail.get(kind.lower()) or {}).get("timestamp") or detail["mail"]["timestamp"])
    reason = "rejected" if kind == "Reject" else None
    return ours._replace(status=_MAILS[kind], reason=reason, at=at)


def _bounced(ours: Report, bounce: Mapping[str, Any]) -> Report:
    recipients = bounce.get("bouncedRecipients") or []
    is_dead = bounce["bounceType"] == "Permanent" or any(map(_is_no_mailbox, recipients))
    return ours._replace(
        status=Status.BOUNCED,
        reason=f"{bounce['bounceType']}_{bounce.get('bounceSubType') or 'General'}".lower(),
        fate=Fate.DEAD if is_dead else Fate.SOFT,
        addresses=tuple(one["emailAddress"] for one in recipients),
        at=_instant(bounce["timestamp"]),
    )


def _complained(ours: Report, complaint: Mapping[str, Any]) -> Report | None:
    kind = complaint.get("complaintFeedbackType")
    if kind == "not-spam":  # its owner said that it is none
        return None
    return ours._replace(
        status=Status.COMPLAINED,
        reason=kind if kind in _COMPLAINTS else "complaint",
        fate=Fate.COMPLAINED,
        addresses=tuple(one["emailAddress"] for one in complaint["complainedRecipients"]),
        at=_instant(complaint["timestamp"]),
    )


_COMPLAINTS = {"abuse", "auth-failure", "fraud", "other", "virus"}  # RFC 5965's, and SES'


def _is_no_mailbox(recipient: Mapping[str, Any]) -> bool:
    """Tell whether a server said that the address is wrong (RFC 3463, 5.1.x).

    SES calls some of those transient.
    """
    return str(recipient.get("status") or "").startswith("5.1.")


def _of_text(detail: Mapping[str, Any]) -> Report | None:
    context, kind = detail.get("context") or {}, detail["eventType"]
    delivery_id = context.get(TAG)
    if delivery_id is None or kind not in _TEXTS:
        return None
    status = _TEXTS[kind]
    is_wrong = kind == "TEXT_INVALID" and detail.get("destinationPhoneNumber")
    return Report(
        delivery_id,
        status,
        kind.lower() if status is Status.BOUNCED else None,
        Fate.DEAD if is_wrong else Fate.FINE,
        (str(detail["destinationPhoneNumber"]),) if is_wrong else (),
        datetime.fromtimestamp(int(detail["eventTimestamp"]) / 1000, UTC),
    )


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)
