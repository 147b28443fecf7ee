"""Reads Klarna's past: every payout of it, with what each settled.

Sales, refunds, disputes and fees stand in settlements, and settlements under their payouts. What a
later payout settles comes with that one.
"""

from collections.abc import Iterator
from datetime import datetime

from kassa.gateways.klarna.payouts import payouts
from kassa.gateways.ports import Page, Past
from kassa.platform.secrets import ApiAccess


def history(access: ApiAccess, read_until: str | None, past: Past) -> Iterator[Page]:
    """Walk the payouts of a past, each a page."""
    begun = access.model_copy(update={"opened_at": past.begins_at})
    for page in payouts(begun, read_until, past.ends_at):
        paid_at = datetime.fromisoformat(page.read_until.partition(" ")[0])
        yield page._replace(percent=past.percent(paid_at))
