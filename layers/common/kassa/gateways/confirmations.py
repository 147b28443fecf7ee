"""What gateways answered when hints were read back: one name, one body, one answer.

A delivery that comes again is read with the answer that stands here, so that nothing is asked
twice; and a name that comes with another body is somebody else's.
"""

import json

from kassa.core.errors import InvalidSignature
from kassa.gateways.events import Delivery, Hint
from kassa.gateways.parsing import Body
from kassa.platform import keys, table


def find(delivery: Delivery, hint: Hint) -> Body | None:
    """Return what was answered under a hint's name, if it was read back before.

    Raises InvalidSignature where the name came with another body.
    """
    item = table.get(keys.confirmation(delivery.gateway, delivery.account, str(hint.name)))
    if item is None:
        return None
    if item["digest"] != hint.digest:
        raise _forged(hint)
    answer: Body = json.loads(item["answer"])
    return answer


def keep(delivery: Delivery, hint: Hint, answer: Body) -> None:
    """Keep what was answered; raise InvalidSignature where another body took the name first."""
    key = keys.confirmation(delivery.gateway, delivery.account, str(hint.name))
    sets = {
        "digest": hint.digest,
        "event_id": hint.event_id,
        "answer": json.dumps(answer, separators=(",", ":"), ensure_ascii=False),
    }
    same = "attribute_not_exists(PK) OR #digest = :digest"
    kept = table.setting(key, sets, ConditionExpression=same)
    if table.write("update_item", **kept) is None:
        raise _forged(hint)


def _forged(hint: Hint) -> InvalidSignature:
    return InvalidSignature(f"{hint.name} came with another body before")
