"""How the release before the chain numbered invoices; while two overlap, both do."""

from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from kassa.billing.invoices.invoice import next_invoice, series_of
from kassa.billing.numbering.series import Series
from kassa.core.errors import StaleWrite
from kassa.core.merchant import Merchant
from kassa.ledger.facts import LedgerFact, PaymentCaptured
from kassa.platform import aws, documents, keys, table
from kassa.platform.settings import settings
from tests.simulation.dynamodb.store import Store
from tests.support.facts import captured

_ABSENT = "attribute_not_exists(PK)"


def leave(store: Store, shop: Merchant, at: datetime, count: int) -> None:
    """Leave numbers behind, as they stood before the world began."""
    for number in range(1, count + 1):
        fact = captured(f"pi_earlier_{number}", at, (100, "EUR"))
        for item in _items(fact, shop, at, number)[1:]:
            store.put_item(TableName="payments", Item=table.typed(item))
    name = series_of(shop, at)
    head = {"merchant_id": shop.merchant_id, "name": name, "last_number": count}
    head |= {"last_issued_on": str(shop.day_of(at))}
    key = keys.invoice_series(shop.merchant_id, name)._asdict()
    store.put_item(TableName="payments", Item=table.typed(key | head))


def generate_invoice(fact: LedgerFact, shop: Merchant, now: datetime) -> None:
    """Number a capture and store its document, as it did."""
    pointer = table.get(keys.invoiced(fact.metadata.fact_id))
    if pointer is None:
        pointer = _number(fact, shop, now)
    key = keys.invoice(shop.merchant_id, pointer["series"], int(pointer["number"]))
    path = f"invoices/main/{pointer['series']}/{pointer['series']}-{int(pointer['number']):08d}.pdf"
    sha256 = documents.store(path, path.encode())
    table.write(
        "update_item",
        Key=table.key(key),
        UpdateExpression=(
            "SET document_key = if_not_exists(document_key, :key),"
            " document_sha256 = if_not_exists(document_sha256, :sha256)"
        ),
        ExpressionAttributeValues=table.typed({":key": path, ":sha256": sha256}),
    )


def _number(fact: LedgerFact, shop: Merchant, now: datetime) -> table.Item:
    name = series_of(shop, now)
    key = keys.invoice_series(shop.merchant_id, name)
    read = table.get(key) or {"last_number": 0, "last_issued_on": "0001-01-01"}
    last = int(read["last_number"])
    head, invoice, pointer = _items(fact, shop, now, last + 1, str(read["last_issued_on"]))
    held: dict[str, Any] = {"ConditionExpression": _ABSENT}
    if last:
        held = {"ConditionExpression": "#last_number = :read", "values": {":read": last}}
    puts = [
        {
            "TableName": settings().table_name,
            "Item": table.typed(one),
            "ConditionExpression": _ABSENT,
        }
        for one in (invoice, pointer)
    ]
    writes = [
        {"Update": {"TableName": settings().table_name, **table.setting(key, head, **held)}},
        *({"Put": put} for put in puts),
    ]
    try:
        aws.client("dynamodb").transact_write_items(TransactItems=writes)
    except ClientError as error:
        if table.is_cancelled(error):
            raise StaleWrite("the series has moved on") from error
        raise
    return pointer


def _items(
    fact: LedgerFact, shop: Merchant, now: datetime, number: int, last_on: str = "0001-01-01"
) -> tuple[table.Item, table.Item, table.Item]:
    """Return a series' head, an invoice and its pointer as that release wrote them."""
    assert isinstance(fact.data, PaymentCaptured)
    name = series_of(shop, now)
    before = Series.model_validate(
        {"merchant_id": shop.merchant_id, "name": name, "last_number": number - 1}
        | {"last_issued_on": last_on}
    )
    invoice = next_invoice(fact.data, fact.metadata, shop, before, now)
    fields = invoice.model_dump(mode="json", exclude_none=True)
    where = {"merchant_id": shop.merchant_id, "series": name, "number": number}
    head = {"merchant_id": shop.merchant_id, "name": name, "last_number": number}
    return (
        head | {"last_issued_on": fields["issued_on"]},
        keys.invoice(shop.merchant_id, name, number)._asdict() | fields,
        keys.invoiced(fact.metadata.fact_id)._asdict() | where,
    )
