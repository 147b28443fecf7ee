"""One hash over what the books say, so that two tables can be held against each other.

Per subject: its events and how they were read, how its objects stand, whose it is, what may still
be refunded, and what each object moved from and to each account. Left out is what VOLATILE names:
a rebuilt table may hold it otherwise and yet say the same.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kassa.core.postings import balances
from kassa.ledger.facts import LedgerFact

VOLATILE = (
    *("booking times", "versions", "archive keys", "which event carries a posting"),
    "reservations and lines refunded",
)


@dataclass
class SubjectContent:
    """What the books say of one subject, gathered item by item."""

    events: dict[str, str] = field(default_factory=dict)  # event id -> hash of what it held
    objects: dict[str, Any] = field(default_factory=dict)
    texts: dict[str, Any] = field(default_factory=dict)
    moved: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def add_event(
        self, event_id: str, value: Mapping[str, Any], facts: Iterable[LedgerFact]
    ) -> None:
        """Add an event, and what its facts moved for each object, account and currency."""
        self.events[event_id] = digest_of(value)
        for fact in facts:
            for (account, currency), minor in balances(fact.data.postings).items():
                self.moved[fact.data.object_id, account.value, currency] += minor

    def digest(self) -> str:
        """Return the hash over all of it."""
        moved = {" ".join(key): minor for key, minor in self.moved.items() if minor}
        return digest_of([self.events, self.objects, self.texts, moved])


def digest_of(value: Any) -> str:
    """Return the SHA-256 of a value, whatever order its fields have."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
