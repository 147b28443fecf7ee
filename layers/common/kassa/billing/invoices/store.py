"""Invoices of captures in the table: what they say, beside their number's entry in its series."""

from kassa.billing.invoices.invoice import Invoice, ShownInvoice, shown, statement_of
from kassa.billing.numbering.record import DIGITS_MAX, printed
from kassa.billing.numbering.series import Series, next_entry
from kassa.billing.numbering.store import Move, Numbers, as_json
from kassa.core import stored
from kassa.core.errors import InvalidRequest, InvoiceNotFound
from kassa.platform import index_pages, keys, table
from kassa.platform.index_pages import Page


class InvoicePage(Page):
    """Some invoices."""

    invoices: tuple[ShownInvoice, ...]


class Invoices:
    """Reads and writes of the one writer of invoices."""

    def of_fact(self, fact_id: str) -> Invoice | None:
        """Return the invoice that a capture already has."""
        item = Numbers().of_source(fact_id)
        return read_invoice(item) if item else None

    def series(self, merchant_id: str, name: str) -> Series:
        """Return how far a series is numbered; a new year begins at nothing."""
        return Numbers().series(merchant_id, name)

    def numbered(self, merchant_id: str, name: str, number: int) -> Invoice:
        """Return the invoice of a number; raise InvoiceNotFound where there is none."""
        item = table.get(keys.invoice(merchant_id, name, number))
        if item is None:
            raise InvoiceNotFound(f"no invoice {printed(name, number)} was issued")
        return read_invoice(item)

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
            invoices=tuple(shown(read_invoice(found[key])) for key in item_keys if key in found),
            has_more=last > 1,
            next_cursor=index_pages.spelled(f"{name}#{last}", _listed(name)) if last > 1 else None,
        )

    def keep(self, invoice: Invoice, before: Series) -> Invoice:
        """Count the series on and write the invoice, its entry and its pointer, all or nothing.

        Returns it with its entry. Raises StaleWrite when another invoice took the number or the
        fact was invoiced meanwhile; read again.
        """
        entry, after = next_entry(statement_of(invoice), before, invoice.issued_on)
        fields = invoice.model_dump(mode="json", exclude_none=True)
        return read_invoice(Numbers().keep(entry, Move(before, after), fields))

    def note_document(self, invoice: Invoice, sha256: str) -> None:
        """Note where the document stands; what was noted first stays."""
        table.write(
            "update_item",
            Key=table.key(_key(invoice)),
            UpdateExpression=(
                "SET document_key = if_not_exists(document_key, :key),"
                " document_sha256 = if_not_exists(document_sha256, :sha256)"
            ),
            ConditionExpression="attribute_exists(PK)",
            ExpressionAttributeValues=table.typed({":key": invoice.path, ":sha256": sha256}),
        )


def _listed(name: str) -> str:
    return f"invoices of {name}"


def _number_in(cursor: str, name: str) -> int:
    series, _, number = index_pages.position(cursor, _listed(name)).partition("#")
    is_plain = number.isascii() and number.isdecimal() and len(number) <= DIGITS_MAX
    if series != name or not is_plain:
        raise InvalidRequest("cursor: take it from the page before, as it is")
    return int(number)


def _key(invoice: Invoice) -> keys.Key:
    return keys.invoice(invoice.merchant.merchant_id, invoice.series, invoice.number)


def read_invoice(item: table.Item) -> Invoice:
    """Return an invoice from its item."""
    return stored.read_text(Invoice, as_json(item))
