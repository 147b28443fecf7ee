"""How payments stand at BTCPay, read of Kassa's own accord: all that may have changed for a while.

BTCPay lists invoices by when they were made, not by when something happened to them, so each
walk begins as long before the cursor as an invoice can still change.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from kassa.core.errors import GatewayUnavailable, UnreadableEvent
from kassa.gateways.btcpay import client as api
from kassa.gateways.btcpay import look_up as read_back
from kassa.gateways.btcpay import pull_payments, refunds
from kassa.gateways.btcpay.parsing import instant
from kassa.gateways.ports import Body, Page
from kassa.platform.secrets import ApiAccess

INVOICE_CHANGES = timedelta(days=7)  # confirmations and people may take that long
REFUND_CHANGES = timedelta(days=30)  # a customer takes their time to claim
FIRST = timedelta(days=1)  # read at first, where nobody says since when
PAUSE = timedelta(hours=1)  # between two walks: each requests every invoice that may have changed
_TAKE = 50


class _Place(NamedTuple):
    """Where a walk goes on: what it makes good since when, and how many invoices it has read.

    Written, it sorts as it goes on, so that a walk that ran out of time loses nothing. The list
    begins with the newest: what is made meanwhile moves others down, to be read twice at worst.
    """

    since: datetime
    skip: int = 0

    def written(self) -> str:
        return f"{self.since.astimezone(UTC).isoformat(timespec='seconds')}#{self.skip:06d}"


def list_events(access: ApiAccess, read_until: str | None, until: datetime) -> Iterator[Page]:
    """Walk the invoices that may have changed since the cursor, then the refunds, as they stand."""
    place = _place(access, read_until, until)
    if read_until is not None and until - place.since < PAUSE:
        return
    while len(found := _invoices(access, place, until)) == _TAKE:
        place = place._replace(skip=place.skip + _TAKE)
        yield Page(tuple(_changed(access, found, place.since)), place.written())
    begun = min(place.since, until - REFUND_CHANGES)
    bodies = (*_changed(access, found, place.since), *_refunds(access, begun))
    yield Page(bodies, _Place(until).written())


def _invoices(access: ApiAccess, place: _Place, until: datetime) -> list[Body]:
    query: api.Query = {
        "startDate": int((place.since - INVOICE_CHANGES).timestamp()),
        "endDate": int(until.timestamp()),
        "includeArchived": "true",
        "skip": place.skip,
        "take": _TAKE,
    }
    return api.as_list(api.get(access, api.store(access, "invoices"), query))


def _changed(access: ApiAccess, found: list[Body], since: datetime) -> Iterator[bytes]:
    for one in found:
        if _may_have_changed(one, since):
            yield read_back.fetched(read_back.with_payments(access, one))


def _may_have_changed(invoice: Body, since: datetime) -> bool:
    """Return whether something can have happened to an invoice, other than that nobody paid yet."""
    status, additional = invoice.get("status"), invoice.get("additionalStatus")
    if (status, additional) == ("New", "None"):
        return False
    is_watched = _instant(invoice.get("monitoringExpiration")) >= since
    return is_watched or status == "Processing" or additional == "Marked"


def _refunds(access: ApiAccess, since: datetime) -> Iterator[bytes]:
    for one in refunds.listed(access):
        if pull_payments.invoice_of(one) and _instant(one.get("startsAt")) >= since:
            yield read_back.fetched(read_back.with_payouts(access, one))


def _instant(seconds: object) -> datetime:
    try:
        return instant(seconds)
    except UnreadableEvent as error:
        raise GatewayUnavailable("btcpay: a time can't be read") from error


def _place(access: ApiAccess, read_until: str | None, until: datetime) -> _Place:
    if read_until is None:
        return _Place(access.opened_at or until - FIRST)
    since, skip = read_until.split("#")
    return _Place(datetime.fromisoformat(since), int(skip))
