"""Two ways in which a CRM holds the latest state of something."""

from typing import Any

_LATEST: dict[str, Any] = {
    "facts": ["RefundSucceeded"],
    "holds": "subject",
    "key": "fact.metadata.subject_id",
    "key_field": "external_id",
    "version_field": "version",
    "fields": {"refunded": {"amount": "fact.data.amount"}},
}
STATE = _LATEST | {  # created once, then updated by the CRM's own id
    "kind": "state",
    "create": {"method": "POST", "path": "/states", "id": "id"},
    "update": {"method": "PATCH", "path": "/states/id/{id}"},
    "look_up": {
        "path": "/states",
        "query": {"external_id": "{key}"},
        "found_in": "results",
        "key": "external_id",
        "id": "id",
        "version": "version",
    },
}
UPSERTED = _LATEST | {  # written as often as one likes, and never looked up
    "kind": "upserted",
    "upsert": {"method": "PUT", "path": "/upserteds/{key}"},
}
