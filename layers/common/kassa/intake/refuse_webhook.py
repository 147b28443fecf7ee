"""Refuse a webhook: the status its gateway sees, one line of the log, and for a few the whole."""

from collections.abc import Mapping
from typing import Any

from kassa.core.errors import KassaError
from kassa.intake.refused_requests import RefusedRequests
from kassa.platform import clock
from kassa.platform.lean.telemetry import Refusal, log_refused, verdict


def refuse_webhook(event: Mapping[str, Any], error: KassaError, kept: RefusedRequests) -> int:
    """Return the status for a request as API Gateway gave it; its log line names what is kept.

    What fails on our side isn't kept: its gateway sends it again.
    """
    status = verdict(error).status
    body = event.get("body") or ""
    refusal = Refusal(status, str(error), clock.now(), len(body))
    request_id = kept.keep(event, refusal) if status < 500 else None
    log_refused(error, event.get("pathParameters") or {}, refusal, request_id)
    return status
