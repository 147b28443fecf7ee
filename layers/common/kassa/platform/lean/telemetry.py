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
from typing import NamedTuple

from kassa.core import errors
from kassa.platform.lean.settings import lean_settings

NAMESPACE = "Kassa"
SERVICE = "kassa"
LENGTH_MAX = 200  # of one field; a refused request's are anyone's text


class Refusal(NamedTuple):
    """Why a request was refused, and how it was answered."""

    status: int
    reason: str
    at: datetime
    size: int  # of the body as it came


class Verdict(NamedTuple):
    """What the gateway is answered, and the metric that counts it."""

    status: int
    metric: str


_REFUSALS: Mapping[type[errors.KassaError], Verdict] = {
    errors.InvalidSignature: Verdict(400, "SignatureRefused"),
    errors.InvalidRequest: Verdict(400, "RequestRefused"),
    errors.UnknownGateway: Verdict(404, "GatewayUnknown"),
    errors.BodyTooLarge: Verdict(413, "BodyRefused"),
    errors.QueueUnavailable: Verdict(503, "QueueUnavailable"),
    errors.SecretsUnavailable: Verdict(503, "SecretsUnavailable"),
}


def verdict(error: errors.KassaError) -> Verdict:
    """Return how an error is answered and counted."""
    return _REFUSALS[type(error)]


def log_queued(
    event_id: str | None,
    message_ids: Sequence[str],
    path: Mapping[str, str],
    at: datetime,
    size: int | None = None,
) -> None:
    """Say that a delivery is safe on the queue; `size` is its body's, in characters as it came."""
    named: dict[str, str | int | None] = {"message_id": ",".join(message_ids), "size": size}
    _log(
        "INFO",
        "webhook queued",
        ["WebhookQueued"],
        at,
        {**path, "correlation_id": event_id, **named},
    )


def log_refused(
    error: errors.KassaError, path: Mapping[str, str], refusal: Refusal, request_id: str | None
) -> None:
    """Say why a request was refused, and under which id it is kept, if it is."""
    status, metric = verdict(error)
    is_ours = status >= 500
    level = "ERROR" if is_ours else "WARNING"
    metrics = [metric] if is_ours else [metric, "WebhookRefused"]
    if not is_ours and request_id is None:
        metrics.append("RefusedNotKept")
    refused: dict[str, str | int | None] = {"reason": refusal.reason, "size": refusal.size}
    _log(
        level, "webhook refused", metrics, refusal.at, {**path, **refused, "refused_id": request_id}
    )


def _log(
    level: str,
    phrase: str,
    metrics: Sequence[str],
    at: datetime,
    fields: Mapping[str, str | int | None],
) -> None:
    counted = [{"Name": metric, "Unit": "Count"} for metric in metrics]
    cut = {n: v[:LENGTH_MAX] if isinstance(v, str) else v for n, v in fields.items()}
    line = {
        "level": level,
        "message": phrase,
        "timestamp": at.isoformat(),
        "service": SERVICE,
        "stack": lean_settings().stack_name or SERVICE,
        **{name: value for name, value in cut.items() if value not in (None, "")},
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
