"""Event types of a gateway that is read by a mapping: its specification names none.

Standard Webhooks leaves each gateway's types to the gateway. So the mapping's own rules are the
list: `kassa mapping check` shows it, and a type that no rule names is counted.
"""

from kassa.gateways.event_types import EventTypes

EVENT_TYPES: EventTypes = {}
