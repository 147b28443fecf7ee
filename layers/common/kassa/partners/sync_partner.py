"""Sync partners: each fact becomes records at whoever maps it, one delivery for each of them.

Deliveries are begun by condition before anything leaves, so a fact that comes again, or at two
workers at once, is told once. What one partner does never keeps another from hearing.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from kassa.core import stored
from kassa.core.errors import StaleWrite
from kassa.core.facts import Fact, UnknownFact
from kassa.deliveries import queues
from kassa.deliveries.delivery import Channel, Delivery, Outcome, Reason, Status, new_delivery
from kassa.deliveries.store import Deliveries
from kassa.partners import read_views, registry
from kassa.partners.keep_record import keep_record
from kassa.partners.ports import Partner
from kassa.platform import clock
from kassa.platform.settings import settings
from kassa.platform.telemetry import logger, metrics, reason_of

RECIPIENT = "target:"
RESERVE_S = 5.0  # for writing what became of an attempt

TimeLeft = Callable[[], float]


class _Due(NamedTuple):
    """A delivery to be tried, whose record is of which kind at whom."""

    delivery: Delivery
    partner: Partner
    kind: str


def sync_partner(body: str, time_left_s: TimeLeft) -> None:
    """Do what a message asks for: a fact of the bus, or a delivery whose time has come.

    Raises what kept a delivery from being tried, once every other was; the message must come back,
    and finds those done that were.
    """
    metrics.add_metric(name="PartnersAsked", unit="Count", value=1)
    failed: list[Exception] = []
    for due in _due(body):
        try:
            _try(due, time_left_s)
        except Exception as error:  # whatever it is, the next partner has nothing to do with it
            logger.warning("delivery not tried", reason=reason_of(error), target=due.partner.name)
            failed.append(error)
    if failed:
        raise failed[0]


def _due(body: str) -> Iterator[_Due]:
    woken = queues.woken(body)
    partners = {one.name: one for one in registry.connected(settings().merchant_id)}
    if woken is None:
        yield from _of_fact(json.loads(body)["detail"], partners)
        return
    kept = Deliveries(settings().merchant_id).find(woken)
    if kept is None or kept.channel is not Channel.PARTNER:
        return
    partner = partners.get(kept.recipient.removeprefix(RECIPIENT))
    if partner is None:
        _end_without_partner(kept)
        return
    yield _Due(kept, partner, kept.message)


def _of_fact(detail: dict[str, Any], partners: dict[str, Partner]) -> Iterator[_Due]:
    fact = stored.read(Fact[UnknownFact], detail)
    for partner in partners.values():
        for kind in partner.kinds_of(fact.data.fact):
            recipient = f"{RECIPIENT}{partner.name}"
            new = new_delivery(fact, Channel.PARTNER, recipient, clock.now(), kind)
            yield _Due(new, partner, kind)


def _try(due: _Due, time_left_s: TimeLeft) -> None:
    partner, kind = due.partner, due.kind
    traits, deliveries = partner.traits(kind), Deliveries(settings().merchant_id)
    if traits and time_left_s() < traits.request_takes.total_seconds() + RESERVE_S:
        raise StaleWrite("no time is left for another attempt")
    is_repeatable = traits is None or traits.is_repeatable
    delivery = deliveries.begin(due.delivery, is_repeatable=is_repeatable)
    if delivery is None:
        return
    context = read_views.context(json.loads(delivery.payload))
    outcome = keep_record(partner, kind, context, delivery)
    deliveries.end(delivery, outcome)
    _account(due, outcome)


def _end_without_partner(kept: Delivery) -> None:
    """End a delivery to a target that is switched off or gone."""
    deliveries = Deliveries(settings().merchant_id)
    begun = deliveries.begin(kept, is_repeatable=True)
    if begun is not None:
        deliveries.end(begun, Outcome(Status.SKIPPED, Reason.RECIPIENT_OFF))


def _account(due: _Due, outcome: Outcome) -> None:
    """Log what became of an attempt, in ids alone."""
    logger.info(
        "record tried",
        target=due.partner.name,
        kind=due.kind,
        delivery_id=due.delivery.delivery_id,
        became=outcome.status,
        reason=outcome.reason,
    )
