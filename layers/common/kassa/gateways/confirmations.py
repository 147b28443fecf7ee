"""What gateways answered when unverified notifications were read back: one name, one body, one
answer.

A delivery that comes again is read with the answer that stands here, so that nothing is looked up
twice; and a name that comes with another body is somebody else's.
"""

import json

from kassa.core.errors import InvalidSignature
from kassa.gateways.events import Delivery, UnverifiedNotification
from kassa.gateways.parsing import Body
from kassa.platform import keys, table


def find(delivery: Delivery, notification: UnverifiedNotification) -> Body | None:
    """Return what was answered under an unverified notification's name, if it was read back before.

    Raises InvalidSignature where the name came with another body.
    """
    item = table.get(keys.confirmation(delivery.gateway, delivery.account, str(notification.name)))
    if item is None:
        return None
    if item["digest"] != notification.digest:
        raise _forged(notification)
    answer: Body = json.loads(item["answer"])
    return answer


def keep(delivery: Delivery, notification: UnverifiedNotification, answer: Body) -> None:
    """Keep what was answered; raise InvalidSignature where another body took the name first."""
    key = keys.confirmation(delivery.gateway, delivery.account, str(notification.name))
    sets = {
        "digest": notification.digest,
        "event_id": notification.event_id,
        "answer": json.dumps(answer, separators=(",", ":"), ensure_ascii=False),
    }
    same = "attribute_not_exists(PK) OR #digest = :digest"
    kept = table.setting(key, sets, ConditionExpression=same)
    if table.write("update_item", **kept) is None:
        raise _forged(notification)


def _forged(notification: UnverifiedNotification) -> InvalidSignature:
    return InvalidSignature(f"{notification.name} came with another body before")
