"""Compaction: what is settled leaves a payment's item, so that no payment is ever full.

A table item holds 400 KB, about 1,800 refunds with their balance transactions. Long before, the
oldest refunds and balance transactions of which nothing is owed any more get items of their own;
the payment keeps what they come to. An event of one of them brings it back first.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

from kassa.gateways.events import ObjectKind
from kassa.ledger.objects import ClosedObjects, ObjectState
from kassa.ledger.state import SubjectState

OPEN_MAX = 160  # objects of a payment's item from which on some leave it
CLOSED_AT_ONCE = 80  # a transaction takes a hundred items
REQUESTED_REFUND_STAYS = timedelta(days=30)
NEARLY_FULL = 1000  # objects of at most 250 bytes: well below what an item holds
_ENDED = {
    ObjectKind.REFUND: ("succeeded", "failed", "canceled"),
    ObjectKind.BALANCE_TRANSACTION: ("booked",),
}


def close(
    state: SubjectState, open_max: int = OPEN_MAX, at_once: int = CLOSED_AT_ONCE
) -> tuple[SubjectState, dict[str, ObjectState]]:
    """Return the state without the settled objects that leave it, and those; often none do."""
    if len(state.objects) <= open_max:
        return state, {}
    newest = max(known.happened_at for known in state.objects.values())
    closable = [one for one, known in state.objects.items() if _may_close(known, state, newest)]
    oldest = sorted(closable, key=lambda one: (state.objects[one].happened_at, one))
    leaving = {one: state.objects[one] for one in oldest[:at_once]}
    staying = {one: known for one, known in state.objects.items() if one not in leaving}
    update = {"objects": staying, "closed": _changed(state.closed, leaving, 1)}
    return (state.model_copy(update=update), leaving) if leaving else (state, {})


def is_nearly_full(state: SubjectState) -> bool:
    """Tell whether a payment holds so much that isn't settled that its item may run full."""
    return len(state.objects) > NEARLY_FULL


def reopen(state: SubjectState, found: Mapping[str, ObjectState]) -> SubjectState:
    """Return the state with closed objects back in view; one that is in view stays as it is."""
    back = {one: known for one, known in found.items() if one not in state.objects}
    if not back:
        return state
    update = {"objects": state.objects | back, "closed": _changed(state.closed, back, -1)}
    return state.model_copy(update=update)


def _may_close(known: ObjectState, state: SubjectState, newest: int) -> bool:
    """Tell whether nothing is owed of an object, and its sums can be kept without it.

    A refund that Kassa submitted stays while its request may still look for it.
    """
    if known.state not in _ENDED.get(known.kind, ()) or known.published != known.state:
        return False
    if (
        known.refund_request_id
        and newest - known.happened_at < REQUESTED_REFUND_STAYS.total_seconds()
    ):
        return False
    if known.kind is ObjectKind.BALANCE_TRANSACTION:
        return True
    is_posted = (known.posted_minor, known.returned_minor) == (known.out_minor, known.back_minor)
    return is_posted and known.currency == state.currency


def _changed(closed: ClosedObjects, objects: Mapping[str, ObjectState], sign: int) -> ClosedObjects:
    gone, named = Counter(closed.refunded), Counter(closed.named)
    for known in objects.values():
        if known.kind is ObjectKind.REFUND:
            gone[known.currency] += sign * known.refunded.amount_minor
            named[known.currency] += sign * known.amount_minor
    count = closed.count + sign * len(objects)
    return closed.model_copy(update={"count": count, "refunded": dict(gone), "named": dict(named)})
