"""What SQS hands to book_event, and which of it failed."""

import base64
import json
from typing import Any

from kassa.gateways.events import Delivery, Subject, SubjectKind
from tests.support import stripe_events as s
from tests.support.aws_stack import NOW

PAYMENT = Subject(gateway="stripe", account="main", kind=SubjectKind.PAYMENT, subject_id="pi_1")
CAPTURED = s.event("charge.succeeded", s.charge(), "evt_1")
SUCCEEDED = s.event("payment_intent.succeeded", s.payment_intent(), "evt_2")
REFUNDED_10 = s.event("refund.created", s.refund(), "evt_3")
SETTLED = s.pulled(s.balance_transaction())


def delivery(body: dict[str, Any], **more: Any) -> dict[str, Any]:
    raw = base64.b64encode(json.dumps(body).encode()).decode()
    delivery_of = Delivery(
        gateway="stripe",
        account="main",
        merchant_id="main",
        mode="test",
        received_at=NOW,
        body_base64=raw,
    )
    return delivery_of.model_copy(update=more).model_dump(mode="json")


def batch(*bodies: Any, **more: Any) -> dict[str, Any]:
    records = []
    for number, body in enumerate(bodies):
        message = body if isinstance(body, str) else json.dumps(delivery(body, **more))
        records.append(
            {"messageId": f"m{number}", "body": message, "eventSource": "aws:sqs", "attributes": {}}
        )
    return {"Records": records}


def failed(answer: Any) -> list[str]:
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]]
