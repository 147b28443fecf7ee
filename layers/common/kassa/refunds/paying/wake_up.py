"""Wakes refund requests that may go on: by RefundsQueue, which pay_refund reads."""

import json
from collections.abc import Iterable

from botocore.exceptions import BotoCoreError, ClientError

from kassa.core.errors import QueueUnavailable
from kassa.platform.messaging import sqs
from kassa.platform.settings import settings
from kassa.platform.telemetry import logger, reason_of

DELAY_MAX_S = 900  # SQS holds a message back no longer; the work queue finds the rest


def enqueue_refunds(refund_request_ids: Iterable[str], delay_s: int = 0) -> int:
    """Enqueue refund requests that may go on, and return how many messages were taken.

    What the queue doesn't take is logged and not lost: the requests stand on their work queue,
    where watch_gateways finds them. So it never undoes the caller's answer.
    """
    bodies = (json.dumps({"refund_request_id": named}) for named in refund_request_ids)
    try:
        delay = min(delay_s, DELAY_MAX_S)
        return sqs.send(settings().refunds_queue_url, bodies, DelaySeconds=delay)
    except (ClientError, BotoCoreError, QueueUnavailable) as error:
        logger.warning("refunds not enqueued", reason=reason_of(error))
        return 0
