"""What is published of events that no webhook brought."""

from typing import Literal

from kassa.core.facts import MeasuredFactData


class EventHealed(MeasuredFactData):
    """What a gateway's webhook didn't bring came into the books all the same.

    `object_id` is the event's id.
    """

    fact: Literal["EventHealed"] = "EventHealed"
    origin: str  # pull
    gateway_type: str
