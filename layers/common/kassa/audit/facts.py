"""What is published of the audit trail: the head of each UTC day that is over."""

from typing import Literal

from kassa.core.facts import FactData


class AuditDayClosed(FactData):
    """A UTC day of the audit trail is over; whoever keeps its head can prove what the day held."""

    fact: Literal["AuditDayClosed"] = "AuditDayClosed"
    day: str
    count: int
    head_hash: str
