"""A seller's documents over months, and the archives that are handed over of them."""

import csv
import io
import json
from datetime import date, datetime
from typing import Any
from zipfile import ZipFile

from functions.build_handover.app import lambda_handler
from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.numbering.issue_document import issue_document
from kassa.billing.numbering.record import IssuedDocument, Statement
from kassa.billing.numbering.store import Numbers, key_of
from kassa.billing.receivables.items import fields_of, issued_entry
from kassa.billing.receivables.receivable import Entry, EntryKind, Receivable
from kassa.core.merchant import Merchant
from kassa.platform import aws, clock, documents, table
from kassa.platform.settings import settings
from tests.support.aws_stack import Context, FakeClock, Stack

Row = dict[str, str]
PDF = b"%PDF-1.7 of "


class Office:
    """Issues documents at given instants, and builds hand-overs through the handler."""

    def __init__(self, stack: Stack, fake_clock: FakeClock) -> None:
        self.stack, self._clock, self._count = stack, fake_clock, 0
        self.context = Context()

    def issue(
        self, at: datetime, gross_minor: int = 100_00, forms: str = "pdf", **fields: Any
    ) -> IssuedDocument:
        """Issue an invoice (or another kind), and store its forms, parted by blanks."""
        self._clock.at = at
        self._count += 1
        known = {"kind": DocumentKind.INVOICE, "currency": "EUR", "gross_minor": gross_minor}
        source = {"source_id": f"source:{self._count}"}
        statement = Statement.model_validate(known | source | fields)
        merchant = Merchant.from_settings(settings().model_dump())
        issued = issue_document(statement, merchant, lambda: 30.0)
        for form in forms.split():
            self.make(issued, form)
        return issued

    def make(self, document: IssuedDocument, form: str) -> None:
        """Store a form of a document."""
        body = PDF + document.number_printed.encode() if form == "pdf" else b"<Invoice/>"
        Numbers().note_document(document, form, documents.store(document.path(form), body))

    def owe(self, document: IssuedDocument, due_on: date, *entries: Entry) -> None:
        """Let an invoice be one to be paid later, and enter what became of it."""
        issued = issued_entry(document.entry, clock.now())
        owed = Receivable(currency=document.entry.currency, due_on=due_on)
        kept = fields_of(document.entry, owed.with_entries((issued, *entries)))
        table.write("update_item", **table.setting(key_of(document.entry), kept))

    def fire(self, at: datetime, event: dict[str, Any] | None = None) -> dict[str, Any]:
        """Let the schedule fire at an instant, or ask for a month."""
        self._clock.at = at
        return lambda_handler(event or {}, self.context)

    def lose_handovers(self) -> None:
        """Take away all that was handed over, as nobody may."""
        for key in self.handed_over():
            aws.client("s3").delete_object(Bucket=self.stack.bucket, Key=key)

    def handed_over(self) -> list[str]:
        """Return what stands in the bucket of hand-overs."""
        where = {"Bucket": self.stack.bucket, "Prefix": "handovers/"}
        listed = aws.client("s3").list_objects_v2(**where).get("Contents", [])
        return [one["Key"] for one in listed]

    def bytes_of(self, month: str) -> bytes:
        """Return the archive of a month as it stands in the bucket."""
        return stored(self.stack, f"handovers/main/{month}.zip")

    def archive(self, month: str) -> "Archive":
        """Return a month's archive, opened."""
        return Archive(self.bytes_of(month))


class Archive:
    """An archive, as its receiver reads it."""

    def __init__(self, body: bytes) -> None:
        self._zip = ZipFile(io.BytesIO(body))
        assert self._zip.testzip() is None
        self.names = self._zip.namelist()

    def read(self, name: str) -> bytes:
        """Return a file."""
        return self._zip.read(name)

    def rows(self, name: str) -> list[Row]:
        """Return the rows of a table."""
        return [*csv.DictReader(io.StringIO(self.read(name).decode(), newline=""))]

    def column(self, table_name: str, column: str) -> list[str]:
        """Return a column of a table."""
        return [row[column] for row in self.rows(table_name)]

    @property
    def manifest(self) -> dict[str, Any]:
        """Return the manifest."""
        read: dict[str, Any] = json.loads(self.read("manifest.json"))
        return read


def settled(minor: int, at: datetime, source_id: str = "payment:1") -> Entry:
    """Return a payment of an invoice."""
    return Entry(kind=EntryKind.SETTLED, source_id=source_id, minor=minor, at=at)


def stored(stack: Stack, key: str) -> bytes:
    """Return an object of the bucket."""
    body: bytes = aws.client("s3").get_object(Bucket=stack.bucket, Key=key)["Body"].read()
    return body
