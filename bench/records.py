"""What stands before book_event in the bench: queue records and an invocation's context."""

import base64
import json
from typing import Any


class Context:
    """An invocation with time enough."""

    function_name, memory_limit_in_mb, aws_request_id = "bench", 256, "bench"
    invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:bench"

    def get_remaining_time_in_millis(self) -> int:
        """Return thirty seconds."""
        return 30_000


def message(number: int, body: bytes) -> dict[str, Any]:
    """Return the queue's record of that webhook."""
    delivery = {
        "gateway": "stripe",
        "account": "main",
        "merchant_id": "main",
        "mode": "test",
        "received_at": "2026-11-22T12:00:00+00:00",
        "origin": "webhook",
        "body_base64": base64.b64encode(body).decode(),
    }
    record = {"messageId": f"m{number}", "body": json.dumps(delivery), "attributes": {}}
    return record | {"eventSource": "aws:sqs"}
