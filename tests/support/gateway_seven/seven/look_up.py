"""Looks up how a payment stands at Seven."""

import json

from kassa.gateways.events import Subject
from kassa.gateways.parsing import look_up_id
from kassa.platform.secrets import ApiAccess
from tests.support.gateway_seven.seven.client import get
from tests.support.gateway_seven.seven.events import LOOK_UP


def look_up(access: ApiAccess, subject: Subject) -> list[bytes]:
    """Return a payment as an event of ours, named by its content; nothing for an unknown one."""
    payment = get(access, "payments", subject.subject_id)
    if payment is None:
        return []
    event_id = look_up_id(subject.subject_id, payment)
    at = payment.get("at")
    return [json.dumps({"id": event_id, "type": LOOK_UP, "at": at, "payment": payment}).encode()]
