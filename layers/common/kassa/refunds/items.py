"""How refund requests, their lifecycles and days' limits look as items; alone knows their shape."""

from datetime import timedelta
from typing import Any

from kassa.core import stored
from kassa.core.periods import day_of
from kassa.platform import clock, keys, table
from kassa.platform.settings import settings
from kassa.platform.table import Item
from kassa.refunds import keys as refund_keys
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import RefundLifecycle, RequestState
from kassa.refunds.policy.limits import limits_of
from kassa.refunds.request.request import RefundRequest


def request_put(request: RefundRequest) -> dict[str, Any]:
    """Return the put of a request, if its claim has none yet."""
    at = request.requested_at.isoformat(timespec="milliseconds")
    item: Item = refund_keys.refund_request(request.refund_request_id)._asdict() | {
        "GSI1PK": refund_keys.requested(request.merchant_id, at[:10]),
        "GSI1SK": keys.listed(at, request.refund_request_id),
        "merchant_id": request.merchant_id,
        "request": request.model_dump_json(exclude_none=True),
    }
    return table.putting(item)


def comment_put(request: RefundRequest, comment: str) -> dict[str, Any]:
    """Return the put of what the customer wrote: an item of its own, which the table drops.

    It is kept as long as the raw bytes of webhooks, and nothing else holds it.
    """
    kept_for = timedelta(days=settings().archive_days)
    item: Item = refund_keys.refund_comment(request.refund_request_id)._asdict() | {
        "merchant_id": request.merchant_id,
        "comment": comment,
        "expires_at": int((request.requested_at + kept_for).timestamp()),
    }
    return table.putting(item)


def lifecycle_update(lifecycle: RefundLifecycle, before: RefundLifecycle | None) -> dict[str, Any]:
    """Return the update of a lifecycle, on the version that was read; a new one has none yet."""
    sets: Item = {
        "version": lifecycle.version,
        "lifecycle": stored.text(lifecycle, exclude_none=True, exclude_defaults=True),
    }
    if lifecycle.next_check_at is not None:
        is_escalated = lifecycle.state is RequestState.ESCALATED
        sets["GSI2PK"] = refund_keys.ESCALATED if is_escalated else refund_keys.REFUNDS
        sets["GSI2SK"] = keys.listed(
            keys.to_the_second(lifecycle.next_check_at), lifecycle.refund_request_id
        )
    key, name = refund_keys.refund_lifecycle(lifecycle.refund_request_id), settings().table_name
    return {"TableName": name, **table.on_version(key, sets, before.version if before else None)}


def day_limits(request: RefundRequest, lifecycle: RefundLifecycle) -> dict[str, dict[str, Any]]:
    """Return what counts an approval against the merchant's day, by the names of its limits."""
    currency = request.amount.currency
    day = str(day_of(lifecycle.changes[-1].at, settings().merchant_time_zone))
    whose, limits = (request.merchant_id, day, currency), limits_of(currency)
    customer = refund_keys.limited_customer(request.payer)
    return {
        "customer_day_limit": counted(
            refund_keys.customer_limit(*whose, customer),
            lifecycle.approved_minor,
            limits.per_customer_day_minor,
        ),
        "merchant_day_limit": counted(
            refund_keys.merchant_limit(*whose),
            lifecycle.approved_minor,
            limits.per_merchant_day_minor,
        ),
    }


def counted(key: keys.Key, amount_minor: int, limit_minor: int) -> dict[str, Any]:
    """Count an approval, if the limit still has room for it; what is given back needs none."""
    if amount_minor < 0:
        return {
            "TableName": settings().table_name,
            "Key": table.key(key),
            "UpdateExpression": "ADD approved_minor :amount",
            "ExpressionAttributeValues": table.typed({":amount": amount_minor}),
        }
    return {
        "TableName": settings().table_name,
        "Key": table.key(key),
        "UpdateExpression": "ADD approved_minor :amount",
        "ConditionExpression": "attribute_not_exists(approved_minor) OR approved_minor <= :room",
        "ExpressionAttributeValues": table.typed(
            {":amount": amount_minor, ":room": limit_minor - amount_minor}
        ),
    }


def refund_case(request: Item, lifecycle: Item, comment: Item | None) -> RefundCase:
    """Return a case from its items; raise UnreadableItem for comment of a newer release."""
    return RefundCase(
        request=stored.read_text(RefundRequest, request["request"]),
        lifecycle=stored.read_text(RefundLifecycle, lifecycle["lifecycle"]),
        comment=_comment(comment, request),
    )


def _comment(item: Item | None, request: Item) -> str:
    """Return what the customer wrote, until its time is over; the table may drop it days later.

    In older requests it stands in their own item.
    """
    if item is None:
        return str(request.get("comment", ""))
    return str(item["comment"]) if clock.now().timestamp() < item["expires_at"] else ""
