"""Orders that customers left at a checkout, in the table as the real stores write them."""

import json
from typing import Any

from kassa.orders import attempts as stages
from kassa.orders import keys as order_keys
from kassa.orders import lifecycle as lifecycles
from kassa.orders.lifecycle import OrderLifecycle
from kassa.orders.store import Orders
from kassa.platform import clock, table
from tests.support.orders import order, order_payment

CONSENT = "2026-11-01T00:00:00Z"


def leave(order_id: str, consent: str | None = CONSENT, **fields: Any) -> None:
    """Let a customer open a checkout now, and leave it; they agreed to be told so."""
    sent = order(order_id=order_id, **fields)
    orders, now = Orders("main"), clock.now()
    lifecycle = lifecycles.submitting(OrderLifecycle(order_id=order_id), ("north", "main"), now)
    orders.open(sent, lifecycle)
    change(order_id, state=stages.AttemptState.OPEN)
    content = sent.model_dump(mode="json", exclude_none=True)
    if consent:
        content["marketing_consent_at"] = consent
    key = order_keys.order_content("main", order_id)
    table.write("update_item", **table.setting(key, {"order": json.dumps(content)}))


def change(order_id: str, **attempt: Any) -> None:
    """Let something become of an order's newest attempt."""
    orders = Orders("main")
    before = orders.named(order_id).lifecycle
    last = before.attempts[-1].model_copy(update=attempt)
    orders.keep(before, lifecycles.with_attempt(before, last))


def paid(
    order_id: str, payment_id: str = "pay-1", minor: int = 100_00, gateway: str = "adyen"
) -> None:
    """Let an order be paid now, and its payment be tracked."""
    orders = Orders("main")
    before = orders.named(order_id).lifecycle
    its = {"gateway": gateway, "captured_at": clock.now()}
    payment = order_payment(payment_id, minor).model_copy(update=its)
    orders.keep(before, lifecycles.changed(before, paid_by=payment))
