"""Drafts of rules in the table; the table itself takes away what nobody wrote on for a month."""

from datetime import datetime

from kassa.console.drafts import keys
from kassa.console.drafts.draft import KEPT_FOR, Draft
from kassa.core import stored
from kassa.core.errors import NotFound
from kassa.platform import table
from kassa.platform.settings import settings


def keep(draft: Draft) -> None:
    """Keep a draft in the place of what its writer left before."""
    key = keys.draft(settings().merchant_id, draft.kind, draft.person_id)
    expires_at = int((draft.written_at + KEPT_FOR).timestamp())
    item = key._asdict() | {"document": stored.text(draft), "expires_at": expires_at}
    table.write("put_item", Item=table.typed(item))


def find(kind: str, person_id: str, now: datetime) -> Draft:
    """Return a draft that is open; raise NotFound where there is none."""
    item = table.get(keys.draft(settings().merchant_id, kind, person_id))
    found = stored.read_text(Draft, item["document"]) if item else None
    if found is None or not found.is_open(now):
        raise NotFound("nobody is writing that: it was saved, or thrown away")
    return found


def listed(kind: str, now: datetime) -> list[Draft]:
    """Return who is writing these rules anew."""
    found, _ = table.query(
        KeyConditionExpression="PK = :drafts",
        ExpressionAttributeValues=table.typed(
            {":drafts": keys.draft(settings().merchant_id, kind, "").PK}
        ),
        ConsistentRead=True,
    )
    drafts = (stored.read_text(Draft, item["document"]) for item in found)
    return [one for one in drafts if one.is_open(now)]
