"""Raise the alarm for an order that was paid in part, once the rest should have come long ago."""

from kassa.core.errors import StaleWrite
from kassa.orders.lifecycle import changed
from kassa.orders.store import Orders
from kassa.platform import clock
from kassa.platform.telemetry import logger, metrics


def alarm_part_payment(order_id: str, orders: Orders) -> None:
    """Count an order that is still paid in part, once; where others write, the next run does."""
    lifecycle = orders.named(order_id).lifecycle
    if lifecycle.alarms_at is None or clock.now() < lifecycle.alarms_at:
        return
    try:
        orders.keep(lifecycle, changed(lifecycle, alarms_at=None))
    except StaleWrite:
        return
    metrics.add_metric(name="OrderDiscrepancy", unit="Count", value=1)
    logger.error("order paid otherwise than ordered", order_id=order_id, kind="less")
