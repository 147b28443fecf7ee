"""Invoices in the table: the series' counter, the invoice and its fact's pointer, as one write."""

import json
from typing import Any, TypeVar

from botocore.exceptions import ClientError

from kassa.billing.invoices.invoice import Invoice, Series, ShownInvoice, shown
from kassa.core import stored
from kassa.core.errors import Conflict, InvalidRequest, InvoiceNotFound, StaleWrite
from kassa.platform import aws, index_pages, keys, table
from kassa.platform.index_pages import Page
from kassa.platform.settings import settings

_ABSENT = "attribute_not_exists(PK)"

DIGITS_MAX = 8  # of a number

_Model = TypeVar("_Model", Invoice, Series)


class InvoicePage(Page):
    """Some invoices."""

    invoices: tuple[ShownInvoice, ...]


class Invoices:
    """Reads and writes of the one writer of invoices."""

    def of_fact(self, fact_id: str) -> Invoice | None:
        """Return the invoice that a capture already has."""
        pointer = table.get(keys.invoiced(fact_id))
        if pointer is None:
            return None
        number = int(pointer["number"])
        item = table.get(keys.invoice(pointer["merchant_id"], pointer["series"], number))
        return _model(Invoice, item) if item else None

    def series(self, merchant_id: str, name: str) -> Series:
        """Return how far a series is numbered; a new year begins at nothing."""
        item = table.get(keys.invoice_series(merchant_id, name))
        return _model(Series, item) if item else Series(merchant_id=merchant_id, name=name)

    def numbered(self, merchant_id: str, name: str, number: int) -> Invoice:
        """Return the invoice of a number; raise InvoiceNotFound where there is none."""
        item = table.get(keys.invoice(merchant_id, name, number))
        if item is None:
            raise InvoiceNotFound(f"no invoice {name}-{number:08d} was issued")
        return _model(Invoice, item)

    def newest(self, merchant_id: str, name: str, cursor: str | None, limit: int) -> InvoicePage:
        """Return a page of a series, newest first: numbers without a gap are a list."""
        after = self.series(merchant_id, name).last_number + 1
        if cursor is not None:
            after = min(after, _number_in(cursor, name))
        numbers = range(after - 1, max(after - 1 - limit, 0), -1)
        item_keys = [keys.invoice(merchant_id, name, number) for number in numbers]
        found = table.get_all(item_keys)
        last = min(numbers, default=1)
        return InvoicePage(
            invoices=tuple(shown(_model(Invoice, found[key])) for key in item_keys if key in found),
            has_more=last > 1,
            next_cursor=index_pages.spelled(f"{name}#{last}", _listed(name)) if last > 1 else None,
        )

    def keep(self, invoice: Invoice, before: Series, after: Series) -> None:
        """Count the series on and write the invoice and its pointer, all or nothing.

        Raises StaleWrite when another invoice took the number or the fact was invoiced
        meanwhile; read again.
        """
        writes = [
            {"Update": _counted(before, after)},
            {"Put": _new(_invoice_key(invoice), _fields(invoice))},
            {"Put": _new(keys.invoiced(invoice.fact_id), _pointer(invoice))},
        ]
        try:
            aws.client("dynamodb").transact_write_items(TransactItems=writes)
        except ClientError as error:
            if table.is_cancelled(error) and _is_race(table.reasons(error)):
                raise StaleWrite("the series has moved on") from error
            raise

    def note_document(self, invoice: Invoice, sha256: str) -> None:
        """Note where the document stands; what was noted first stays."""
        table.write(
            "update_item",
            Key=table.key(_invoice_key(invoice)),
            UpdateExpression=(
                "SET document_key = if_not_exists(document_key, :key),"
                " document_sha256 = if_not_exists(document_sha256, :sha256)"
            ),
            ConditionExpression="attribute_exists(PK)",
            ExpressionAttributeValues=table.typed({":key": invoice.path, ":sha256": sha256}),
        )

    def bring_back(self, invoice: Invoice) -> bool:
        """Put a lost invoice's items back, and count its series at least up to it.

        Returns whether the invoice was lost. Nothing that stands is changed, but for the counter.
        Raises Conflict where another invoice stands under the number: a person must look.
        """
        standing = table.get(_invoice_key(invoice))
        if standing and standing["fact_id"] != invoice.fact_id:
            raise Conflict(f"invoice {invoice.number_printed} was given twice: {invoice.fact_id}")
        was_lost = _put_if_absent(_new(_invoice_key(invoice), _fields(invoice)))
        _put_if_absent(_new(keys.invoiced(invoice.fact_id), _pointer(invoice)))
        counted = Series(
            merchant_id=invoice.merchant.merchant_id,
            name=invoice.series,
            last_number=invoice.number,
            last_issued_on=invoice.issued_on,
        )
        put = _new(keys.invoice_series(counted.merchant_id, counted.name), _fields(counted))
        put["ConditionExpression"] = f"{_ABSENT} OR last_number < :number"
        put["ExpressionAttributeValues"] = table.typed({":number": invoice.number})
        _put_if_absent(put)
        return was_lost


def _put_if_absent(put: dict[str, Any]) -> bool:
    """Put an item unless its condition refuses; return whether it was put."""
    try:
        aws.client("dynamodb").put_item(**put)
    except ClientError as error:
        if table.is_refused(error):
            return False
        raise
    return True


def _listed(name: str) -> str:
    return f"invoices of {name}"


def _number_in(cursor: str, name: str) -> int:
    series, _, number = index_pages.position(cursor, _listed(name)).partition("#")
    is_plain = number.isascii() and number.isdecimal() and len(number) <= DIGITS_MAX
    if series != name or not is_plain:
        raise InvalidRequest("cursor: take it from the page before, as it is")
    return int(number)


def _is_race(reasons: list[str]) -> bool:
    """Tell a lost race from a number that is taken though the counter says that it isn't."""
    of_series, _, of_pointer = reasons
    refused = "ConditionalCheckFailed" in (of_series, of_pointer)
    return refused or "TransactionConflict" in reasons


def _invoice_key(invoice: Invoice) -> keys.Key:
    return keys.invoice(invoice.merchant.merchant_id, invoice.series, invoice.number)


def _fields(model: Invoice | Series) -> table.Item:
    fields: table.Item = model.model_dump(mode="json", exclude_none=True)
    return fields


def _pointer(invoice: Invoice) -> table.Item:
    return {
        "merchant_id": invoice.merchant.merchant_id,
        "series": invoice.series,
        "number": invoice.number,
    }


def _counted(before: Series, after: Series) -> dict[str, Any]:
    counted: dict[str, Any] = {"ConditionExpression": _ABSENT}
    if before.last_number:
        counted = {"ConditionExpression": "#last_number = :read"}
        counted |= {"values": {":read": before.last_number}}
    key = keys.invoice_series(after.merchant_id, after.name)
    return {"TableName": settings().table_name, **table.setting(key, _fields(after), **counted)}


def _new(key: keys.Key, fields: table.Item) -> dict[str, Any]:
    return {
        "TableName": settings().table_name,
        "Item": table.typed(key._asdict() | fields),
        "ConditionExpression": _ABSENT,
    }


def _model(model: type[_Model], item: table.Item) -> _Model:
    fields = {name: value for name, value in item.items() if name not in keys.Key._fields}
    return stored.read_text(model, json.dumps(fields, default=int))
