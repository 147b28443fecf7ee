"""Receive what carriers report: note it on its delivery, and write to dead addresses no more."""

import json
from functools import partial

from kassa.customers.addresses import address_digest
from kassa.deliveries.delivery import Status
from kassa.deliveries.store import Deliveries
from kassa.messages.contacts.contact import Cause
from kassa.messages.contacts.contact_store import ContactStore
from kassa.messages.mail_events.mail_event import Fate, Report, report_of
from kassa.platform.clock import TimeLeft
from kassa.platform.optimistic import retry_on_conflict
from kassa.platform.settings import settings
from kassa.platform.telemetry import logger, metrics

RESERVE_S = 5.0  # kept for the answer
_CAUSES = {Fate.DEAD: Cause.BOUNCE, Fate.COMPLAINED: Cause.COMPLAINT}


def receive_mail_event(body: str, time_left_s: TimeLeft) -> None:
    """Take one event of the queue; raise StaleWrite where it must come back.

    A quick carrier reports while the delivery's own attempt is still being ended, so whoever loses
    that race reads again. Events of mails that this stack didn't send are left alone.
    """
    metrics.add_metric(name="CarrierEventReceived", unit="Count", value=1)
    report = report_of(json.loads(body))
    merchant_id = settings().merchant_id
    if report is None:
        return
    deliveries = Deliveries(merchant_id)
    kept = deliveries.find(report.delivery_id)
    if kept is None:
        logger.warning("report of an unknown delivery", delivery_id=report.delivery_id)
        return
    if report.fate is Fate.SOFT and kept.status is Status.DELIVERED:
        return  # a note of absence, or the like: the mail is there
    _hold_back(report, ContactStore(merchant_id))
    reported = partial(deliveries.report, report.delivery_id, report.status, report.reason)
    if retry_on_conflict(reported, time_left_s, RESERVE_S):
        logger.info(
            "delivery reported",
            delivery_id=report.delivery_id,
            status=report.status,
            reason=report.reason,
        )


def _hold_back(report: Report, contacts: ContactStore) -> None:
    """Write no more to the addresses that a report gives up."""
    for address in report.addresses:
        digest = address_digest(settings().merchant_id, address)
        if cause := _CAUSES.get(report.fate):
            is_new = contacts.suppress(digest, cause, report.at)
        else:
            is_new = contacts.note_soft_bounce(digest, report.at)
        if is_new:
            metrics.add_metric(name="AddressSuppressed", unit="Count", value=1)
