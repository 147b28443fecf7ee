"""Event types of payments that people enter: this is Kassa's own list, there is no vendor's."""

from kassa.gateways.event_types import Outcome, by_name, typed

ENTERED, GIVEN_BACK, REVERSED = "payment.entered", "payment.given_back", "payment.reversed"
APPLIED = "payment.applied"

EVENT_TYPES = by_name(
    typed(Outcome.BOOKED, "the capture: a person has the money", ENTERED),
    typed(Outcome.BOOKED, "which invoice it pays, said later", APPLIED),
    typed(Outcome.BOOKED, "the refund: a person gave money back", GIVEN_BACK),
    typed(Outcome.BOOKED, "the capture taken back: it bounced, or was none", REVERSED),
)
