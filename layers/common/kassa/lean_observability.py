"""One line per invocation that is a log and its metric at once, for receive_webhook alone.

Powertools would be the house's way, but here it isn't free: Logger and Metrics add 40 million
instructions to a cold start whose goal is 0.80 of a bare boto3 handler's (they would take it past
that), and 0.1 ms to each webhook. So one JSON line carries the log's fields and CloudWatch's
embedded metric format, under the names and the dimensions Powertools uses elsewhere.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime

from kassa import errors
from kassa.lean_settings import lean_settings

NAMESPACE = "Kassa"
SERVICE = "kassa"
LENGTH_MAX = 200  # of one field; a refused request's are anyone's words

# Error → what the gateway is answered, and the metric that counts it.
_REFUSALS: Mapping[type[errors.KassaError], tuple[int, str]] = {
    errors.InvalidSignature: (400, "SignatureRefused"),
    errors.InvalidRequest: (400, "RequestRefused"),
    errors.UnknownGateway: (404, "GatewayUnknown"),
    errors.BodyTooLarge: (413, "BodyRefused"),
    errors.QueueUnavailable: (503, "QueueUnavailable"),
    errors.SecretsUnavailable: (503, "SecretsUnavailable"),
}


def tell_queued(
    event_id: str | None, message_ids: Sequence[str], path: Mapping[str, str], at: datetime
) -> None:
    """Say that a delivery is safe on the queue."""
    fields = {**path, "correlation_id": event_id, "message_id": ",".join(message_ids)}
    _tell("INFO", "webhook queued", ["WebhookQueued"], at, fields)


def tell_refused(error: errors.KassaError, path: Mapping[str, str], at: datetime) -> int:
    """Say why a request was refused, and return the status that the gateway is to see."""
    status, metric = _REFUSALS[type(error)]
    is_ours = status >= 500
    counted = [metric] if is_ours else [metric, "WebhookRefused"]
    level = "ERROR" if is_ours else "WARNING"
    _tell(level, "webhook refused", counted, at, {**path, "reason": str(error)})
    return status


def _tell(
    level: str, phrase: str, metrics: Sequence[str], at: datetime, fields: Mapping[str, str | None]
) -> None:
    counted = [{"Name": metric, "Unit": "Count"} for metric in metrics]
    line = {
        "level": level,
        "message": phrase,
        "timestamp": at.isoformat(),
        "service": SERVICE,
        "stack": lean_settings().stack_name or SERVICE,
        **{name: value[:LENGTH_MAX] for name, value in fields.items() if value},
        **dict.fromkeys(metrics, 1),
        "_aws": {
            "Timestamp": int(at.timestamp() * 1000),
            "CloudWatchMetrics": [
                {"Namespace": NAMESPACE, "Dimensions": [["service", "stack"]], "Metrics": counted}
            ],
        },
    }
    sys.stdout.write(json.dumps(line, separators=(",", ":")) + "\n")
    sys.stdout.flush()
