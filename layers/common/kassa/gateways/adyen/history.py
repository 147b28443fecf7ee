"""Reads Adyen's past: every settlement report since the account's first batch that is still served.

Nobody knows how many there will be, nor when a batch was: lines say their own times. What is newer
than the past is only read again.
"""

from collections.abc import Iterator

from kassa.gateways.adyen.payouts import bodies, parsed, payouts
from kassa.gateways.ports import Page, Past
from kassa.platform.secrets import ApiAccess


def history(access: ApiAccess, read_until: str | None, past: Past) -> Iterator[Page]:
    """Walk the batches, each a page, less the lines from before the past."""
    begun = access.model_copy(update={"opened_at": past.begins_at})
    yield from payouts(begun, read_until, past.ends_at)


def rows_of_report(report: bytes, access: ApiAccess) -> Iterator[bytes]:
    """Walk the lines of a settlement report that somebody downloaded, as those that are fetched."""
    yield from bodies(parsed(report), access)
