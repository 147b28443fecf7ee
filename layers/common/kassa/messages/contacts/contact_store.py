"""Addresses in the table, by their digest: what bounced, who complained, who wants no more.

What is reported twice changes nothing; what happened before a person lifted it doesn't either. A
complaint counts unless one was lifted since: who lifted a bounce may not have known of it.
"""

from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from kassa.audit import store as audit_trail
from kassa.audit.trail import Act, Actor
from kassa.core.errors import ContactNotFound, StaleWrite
from kassa.customers.addresses import address_digest
from kassa.deliveries.delivery import Channel
from kassa.messages import keys
from kassa.messages.contacts.contact import Cause, Contact, Suppression, is_dead
from kassa.messages.kinds import Category
from kassa.platform import clock, index_pages, table
from kassa.platform.index_pages import PageRequest
from kassa.platform.keys import Key, listed, to_the_second
from kassa.platform.settings import settings

_NOT_LIFTED = "(attribute_not_exists(lifted_at) OR lifted_at < :at)"
_IS_NEWS = f"attribute_not_exists(cause) AND {_NOT_LIFTED}"
_IS_NEW_COMPLAINT = (
    "(attribute_not_exists(cause) OR cause <> :cause)"
    " AND (attribute_not_exists(complaint_lifted_at) OR complaint_lifted_at < :at)"
)


class ContactStore:
    """Reads and writes of what one merchant's addresses may get."""

    def __init__(self, merchant_id: str) -> None:
        self._merchant_id = merchant_id

    def read(self, address_digest: str) -> Contact:
        """Return what is known of an address, consistently."""
        found, _ = table.query(
            KeyConditionExpression="PK = :contact",
            ExpressionAttributeValues=table.typed(
                {":contact": keys.contact(self._merchant_id, address_digest)}
            ),
            ConsistentRead=True,
        )
        items = {str(item["SK"]): item for item in found}
        cause = items.pop(keys.SUPPRESSION, {}).get("cause")
        off = (sk for sk, item in items.items() if item.get("is_off"))
        return Contact(
            cause=Cause(cause) if cause else None,
            unsubscribed=frozenset(sk.removeprefix(keys.UNSUBSCRIBED) for sk in off),
        )

    def suppress(self, address_digest: str, cause: Cause, at: datetime) -> bool:
        """Write to an address no more; tell whether that is new.

        A complaint takes the place of a bounce, never the other way round: it is lifted by whoever
        complained alone.
        """
        instant = to_the_second(at)
        sets = {"cause": cause.value, "address_digest": address_digest, "suppressed_at": instant}
        places = {
            "GSI1PK": keys.suppressions(self._merchant_id),
            "GSI1SK": listed(instant, address_digest),
        }
        update = table.setting(
            keys.suppression(self._merchant_id, address_digest),
            sets | places,
            ConditionExpression=_IS_NEW_COMPLAINT if cause is Cause.COMPLAINT else _IS_NEWS,
            values={":at": instant},
        )
        return table.write("update_item", **update) is not None

    def note_soft_bounce(self, address_digest: str, at: datetime) -> bool:
        """Count a day on which a mail came back for now; tell whether the address is given up."""
        update = {
            "Key": table.key(keys.suppression(self._merchant_id, address_digest)),
            "UpdateExpression": "ADD soft_days :day",
            "ConditionExpression": _NOT_LIFTED,
            "ExpressionAttributeValues": table.typed(
                {":day": {str(at.date())}, ":at": to_the_second(at)}
            ),
            "ReturnValues": "ALL_NEW",
        }
        answer = table.write("update_item", **update)
        if answer is None:
            return False
        days = frozenset(table.plain(answer["Attributes"])["soft_days"])
        return is_dead(days, at.date()) and self.suppress(address_digest, Cause.SOFT_BOUNCES, at)

    def unsubscribe(self, address_digest: str, category: Category, at: datetime) -> None:
        """Send an address no more of a category."""
        key = keys.unsubscribed(self._merchant_id, address_digest, category)._asdict()
        item = key | {"is_off": True, "changed_at": to_the_second(at)}
        table.write("put_item", Item=table.typed(item))

    def resubscribe(self, address_digest: str, category: Category, by: Actor) -> None:
        """Send an address messages of a category again, as somebody wished who said so.

        Raises ContactNotFound where it gets them anyway.
        """
        key = keys.unsubscribed(self._merchant_id, address_digest, category)
        sets = {"is_off": False, "changed_at": to_the_second(clock.now())}
        self._by_person(
            table.setting(key, sets, ConditionExpression="is_off = :on", values={":on": True}),
            Act(
                operation="contact.resubscribe",
                object_id=f"contact/{address_digest}/{category}",
                by=by,
            ),
        )

    def find_suppression(self, address_digest: str) -> Suppression | None:
        """Return why an address isn't written to; none where it is."""
        item = table.get(keys.suppression(self._merchant_id, address_digest))
        return _suppression(item) if item and "cause" in item else None

    def lift(self, was: Suppression, by: Actor, reason: str) -> None:
        """Write to an address again. Raises ContactNotFound where it isn't held back for that."""
        now = to_the_second(clock.now())
        of_complaint = {"complaint_lifted_at": now} if was.cause is Cause.COMPLAINT else {}
        lifted = table.setting(
            keys.suppression(self._merchant_id, was.address_digest),
            {"lifted_at": now} | of_complaint,
            ("cause", "suppressed_at", "soft_days", "GSI1PK", "GSI1SK"),
            ConditionExpression="cause = :was",
            values={":was": was.cause.value},
        )
        act = Act(
            operation="contact.lift",
            object_id=f"contact/{was.address_digest}",
            by=by,
            before=was.cause.value,
            reason=reason,
        )
        self._by_person(lifted, act)

    def suppressions(self, request: PageRequest) -> tuple[tuple[Suppression, ...], str | None]:
        """Return a page of the addresses that aren't written to, newest first, and what follows."""

        def fetch(entries: list[table.Item]) -> list[tuple[str, Suppression]]:
            listed_keys = [Key(entry["PK"], entry["SK"]) for entry in entries]
            items = table.get_all(listed_keys)
            known = [
                (str(e["GSI1SK"]), items.get(k)) for e, k in zip(entries, listed_keys, strict=True)
            ]
            return [(place, _suppression(one)) for place, one in known if one and "cause" in one]

        return index_pages.newest([keys.suppressions(self._merchant_id)], request, fetch)

    def _by_person(self, update: dict[str, Any], act: Act) -> None:
        named = {"TableName": settings().table_name} | update
        try:
            audit_trail.transact([{"Update": named}], act)
        except ClientError as error:
            if not table.is_cancelled(error):
                raise
            if "ConditionalCheckFailed" in table.reasons(error):
                raise ContactNotFound("nothing is held back from this address") from error
            raise StaleWrite("another write of this address was first") from error


def contact_of(merchant_id: str, channel: Channel, address: str | None) -> Contact:
    """Return what stands in the way of writing to an address; nothing ever of a letter's."""
    if address is None or channel is Channel.LETTER:
        return Contact()
    return ContactStore(merchant_id).read(address_digest(merchant_id, address))


def _suppression(item: table.Item) -> Suppression:
    return Suppression.model_validate({name: item[name] for name in Suppression.model_fields})
