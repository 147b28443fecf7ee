"""Heads of the audit trail's days as they were kept in the bucket, one object a day."""

import json
from datetime import date

from kassa.audit.trail import DayHead, anchor_key
from kassa.platform import documents
from kassa.platform.settings import settings


def read(day: date) -> DayHead | None:
    """Return a day's head as it was kept; none where the day isn't over, or none was kept."""
    content = documents.find(anchor_key(settings().merchant_id, day))
    if content is None:
        return None
    data = json.loads(content)["data"]
    fields = {name: data[name] for name in DayHead.model_fields}
    return DayHead.model_validate_json(json.dumps(fields))
