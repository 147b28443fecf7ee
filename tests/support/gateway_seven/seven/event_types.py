"""Seven's event types: what becomes of each."""

from kassa.gateways.event_types import Outcome, by_name, typed

EVENT_TYPES = by_name(
    typed(
        Outcome.BOOKED,
        "the payment with its captures, refunds and disputes, as they stand",
        "payment.changed",
    ),
    typed(Outcome.COUNTED, "a test of the URL", "endpoint.tested"),
)
