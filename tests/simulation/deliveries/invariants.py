"""What must hold when all is quiet: who was told what, against what the table says of it.

Invariant 7 of the house: one message a fact and recipient; and each fact reached everybody who
wants it, or stands where a person sees it.
"""

from collections import defaultdict
from hashlib import sha256
from typing import Any

from kassa.deliveries.delivery import ENDED, Channel, Status, delivery_id
from kassa.partners.webhooks.endpoints.filters import is_sent
from kassa.partners.webhooks.endpoints.store import Endpoints
from kassa.platform import table
from tests.simulation.deliveries.world import STAFF, TABLE, DeliveriesWorld

_LEFT = {Status.SENT, Status.DELIVERED, Status.BOUNCED, Status.COMPLAINED}
Records = dict[str, dict[str, Any]]


def violations(world: DeliveriesWorld) -> list[str]:
    """Return everything that is wrong now."""
    records = records_of(world)
    return [
        *unended(records),
        *dead(world),
        *_mails(world, records),
        *_webhooks(world, records),
        *_notes(world, records),
        *_deals(world),
    ]


def records_of(world: DeliveriesWorld) -> Records:
    """Return every delivery by its id."""
    items = (table.plain(item) for item in world.store.all_items(TABLE))
    return {str(one["delivery_id"]): one for one in items if one["SK"] == "DELIVERY"}


def unended(records: Records) -> list[str]:
    """Nothing is under way, and nothing waits, for ever."""
    return [
        f"{name} by {one['channel']} is still {one['status']}"
        for name, one in sorted(records.items())
        if one["status"] not in ENDED
    ]


def dead(world: DeliveriesWorld) -> list[str]:
    """Nothing stays among the dead letters."""
    return [
        f"{len(one.dead)} messages died on {name}"
        for name, one in sorted(world.queues.items())
        if one.dead
    ]


def _mails(world: DeliveriesWorld, records: Records) -> list[str]:
    """Each of the staff has one mail of each dispute, or nobody knows, or it was refused."""
    mails, found = mails_of(records), mailed_otherwise(world, records, {"suppressed"})
    disputes = {one.metadata.fact_id for one in world.facts if one.data.fact == "DisputeOpened"}
    if len(mails) != len(disputes) * len(STAFF):
        found.append(f"{len(disputes)} disputes have {len(mails)} mails")
    return found


def mails_of(records: Records) -> Records:
    """Return the deliveries by mail."""
    return {name: one for name, one in records.items() if one["channel"] == Channel.MAIL}


def mailed_otherwise(world: DeliveriesWorld, records: Records, skips: set[str]) -> list[str]:
    """Return which mails left otherwise than their deliveries say, or were skipped for no reason.

    A mail leaves once, and once more for each time that a person drives it again; of such a one the
    last attempt is what its delivery tells.
    """
    found = []
    for name, one in sorted(mails_of(records).items()):
        taken, status = world.mailer.taken[name], Status(one["status"])
        world.schedule.seen["a mail is unknown in the end"] += status is Status.UNKNOWN
        if taken > 1 + world.redriven[name]:
            found.append(f"{name} was mailed {taken} times")
        if taken and status not in _LEFT and not world.redriven[name]:
            found.append(f"{name} was mailed, and is {status}")
        if not taken and status in _LEFT:
            found.append(f"{name} is {status}, and was never mailed")
        if not taken and status is Status.SKIPPED and one.get("reason") not in skips:
            found.append(f"{name} was skipped: {one.get('reason')}")
        if status is Status.FAILED and name not in world.mailer.refused | set(world.redriven):
            found.append(f"{name} failed, and was never refused")
    return found


def _webhooks(world: DeliveriesWorld, records: Records) -> list[str]:
    """Each endpoint took each fact that it asked for, under one id, in one and the same form."""
    found = []
    for endpoint in Endpoints("main").listed():
        receiver = world.receivers[endpoint.endpoint_id]
        wanted = {
            one.metadata.fact_id: one
            for one in world.facts
            if is_sent(endpoint.events, one.data.fact)
        }
        ids = {_message_id(fact_id): fact_id for fact_id in wanted}
        for message_id, fact_id in sorted(ids.items()):
            told = delivery_id(fact_id, Channel.WEBHOOK, "", endpoint.recipient)
            status = records.get(told, {}).get("status")
            is_taken = message_id in receiver.taken
            if not is_taken or status != Status.SENT:
                heard = "took" if is_taken else "never took"
                found.append(f"{endpoint.endpoint_id} {heard} {fact_id}, which is {status}")
        strange = set(receiver.taken) - set(ids)
        found += [
            f"{endpoint.endpoint_id} took {one}, which it didn't ask for" for one in sorted(strange)
        ]
        for message_id, bodies in sorted(receiver.taken.items()):
            world.schedule.seen["a webhook was taken twice"] += len(bodies) > 1
            if len(set(bodies)) > 1:
                found.append(f"{endpoint.endpoint_id} took {message_id} in two forms")
    return found


def _message_id(fact_id: str) -> str:
    """Return the id under which receivers know a fact, worked out here as the docs say."""
    return f"msg_{sha256(f'main{chr(10)}{fact_id}'.encode()).hexdigest()[:32]}"


def _notes(world: DeliveriesWorld, records: Records) -> list[str]:
    """The CRM has one note for each fact, whatever answers were lost."""
    by_fact: dict[str, str] = defaultdict(str)
    for one in records.values():
        if one["recipient"] == "target:crm" and one["message"] == "note":
            by_fact[str(one["fact_id"])] = str(one["status"])
    found = []
    for fact_id in sorted({fact.metadata.fact_id for fact in world.facts}):
        count, status = world.crm.notes[fact_id], by_fact[fact_id]
        if count != 1 or status != Status.SENT:
            found.append(f"the CRM has {count} notes of {fact_id}, which is {status or 'untold'}")
    return found


def _deals(world: DeliveriesWorld) -> list[str]:
    """Of each payment the CRM holds what became true last."""
    newest: dict[str, int] = {}
    for fact in world.facts:
        subject = fact.metadata.subject_id
        newest[subject] = max(newest.get(subject, 0), fact.metadata.version)
    return [
        f"the CRM holds version {held} of {subject}, and {version} became true"
        for subject, version in sorted(newest.items())
        if (held := world.crm.deals.get(subject, {}).get("kassa_version")) != version
    ]
