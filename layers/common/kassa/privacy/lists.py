"""What is listed by day, or under an index, of which only some is a person's."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from kassa.core.errors import UnreadableItem
from kassa.deliveries import keys as delivery_keys
from kassa.deliveries.delivery import Delivery
from kassa.deliveries.items import delivery_of
from kassa.gateways.events import Subject
from kassa.ledger.items import partition
from kassa.ledger.notes import note_store
from kassa.platform import table
from kassa.platform.keys import Key
from kassa.platform.settings import settings
from kassa.platform.telemetry import leave_out
from kassa.privacy.export import ExportedNote
from kassa.refunds import keys as refund_keys
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.store import RefundRequests


def refund_requests_of(
    day: date, customer_id: str, payments: frozenset[str]
) -> Iterator[RefundCase]:
    """Yield the refund requests of a UTC day that are a customer's, or of one of the payments."""
    merchant_id, requests = settings().merchant_id, RefundRequests()
    for place in listed(refund_keys.requested(merchant_id, day.isoformat())):
        case = requests.find(place.rpartition("#")[2])
        if case is None:
            continue
        whose = case.request
        if whose.customer_id == customer_id or partition(whose.payment) in payments:
            yield case


def deliveries_of(day: date, customer_id: str) -> Iterator[Delivery]:
    """Yield what was told to a customer of the facts of a UTC day."""
    for shard in delivery_keys.of_day(settings().merchant_id, day.isoformat()):
        entries = [place for page in index(shard) for place in page]
        found = table.get_all([Key(entry["PK"], entry["SK"]) for entry in entries])
        yield from _theirs(list(found.values()), f"customer:{customer_id}")


def _theirs(items: list[table.Item], recipient: str) -> Iterator[Delivery]:
    for item in items:
        if item.get("recipient") != recipient:
            continue
        try:
            yield delivery_of(item)
        except UnreadableItem as error:
            leave_out(error, delivery=str(item["PK"]))


def notes_on(payments: Iterable[Subject]) -> Iterator[ExportedNote]:
    """Yield what people noted on payments, of each the newest first."""
    for payment in payments:
        for one in note_store.read(payment):
            fields = one.model_dump(include={"text", "written_at", "written_by"})
            yield ExportedNote(payment_id=payment.subject_id, **fields)


def days_of(first: date, last: date) -> Iterator[date]:
    """Yield the days from one to another."""
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def listed(listing: str) -> list[str]:
    """Return the places of all that is listed under a partition of GSI1."""
    return [str(entry["GSI1SK"]) for page in index(listing) for entry in page]


def index(listing: str) -> Iterator[list[table.Item]]:
    """Return the entries of a partition of GSI1, page by page."""
    return table.pages(
        IndexName="GSI1",
        KeyConditionExpression="GSI1PK = :listing",
        ExpressionAttributeValues=table.typed({":listing": listing}),
    )
