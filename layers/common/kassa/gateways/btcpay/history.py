"""Reads BTCPay's past: every invoice of it that something happened to, then the refunds.

A store counts its invoices for nobody, so how much there is left isn't known.
"""

from collections.abc import Iterator

from kassa.gateways.btcpay.event_list import list_events
from kassa.gateways.ports import Page, Past
from kassa.platform.secrets import ApiAccess


def history(access: ApiAccess, read_until: str | None, past: Past) -> Iterator[Page]:
    """Walk the invoices of a past, fifty a page, each as it stands now."""
    begun = access.model_copy(update={"opened_at": past.begins_at})
    yield from list_events(begun, read_until, past.ends_at)
