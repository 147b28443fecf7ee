"""Build what stands behind the documents of a hand-over: tables, certificates and manifest.

One pass over each series makes them all: an item is entered in the tables that it belongs in, and
kept in a file until it is known how far the certificate goes.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from kassa.billing.handover import store
from kassa.billing.handover.certificates import Head, write_certificate
from kassa.billing.handover.manifest import MANIFEST, Lacking, packed_name, write_manifest
from kassa.billing.handover.month import Month
from kassa.billing.handover.month_end import MonthOfReceivables
from kassa.billing.handover.packing import PackedFile, Packer
from kassa.billing.handover.tables import COLUMNS, Stood, Tables
from kassa.billing.numbering.series import Series
from kassa.billing.numbering.store import as_json, issued, kept
from kassa.core.merchant import Merchant
from kassa.platform import table


class TablesPacking:
    """Everything behind the documents: tables, certificates, manifest."""

    def __init__(
        self,
        of: tuple[Merchant, Month],
        packer: Packer,
        lacking: Sequence[Lacking],
        folder: Path,
    ) -> None:
        """Begin behind documents that are packed; `folder` holds what isn't yet."""
        self._merchant, self._month = of
        self._packer, self._lacking, self._folder = packer, lacking, folder
        self._files = {one.name: one for one in packer.files}
        self._lacking_of = defaultdict[str, list[str]](list)
        for one in lacking:
            self._lacking_of[one.number].append(f"{one.form} {one.why}")
        self._receivables = MonthOfReceivables(self._month, self._merchant)

    def pack(self, spans: Sequence[store.Span]) -> tuple[PackedFile, int]:
        """Pack it all; return the manifest, and how many documents the month has."""
        with Tables(self._folder) as tables:
            certificates = [name for span in spans if (name := self._certificate(span, tables))]
        for name in (*COLUMNS, *certificates):
            self._pack(name)
        with (self._folder / MANIFEST).open("w", encoding="utf-8") as file:
            of = self._merchant, self._month
            write_manifest(file, of, tables.sums, self._lacking, self._packer.files)
        return self._pack(MANIFEST), tables.sums.documents

    def _pack(self, name: str) -> PackedFile:
        path = self._folder / name
        with path.open("rb") as file:
            packed = self._packer.add_file(name, file)
        path.unlink()
        return packed

    def _certificate(self, span: store.Span, tables: Tables) -> str | None:
        """Go over a series, and write its certificate where it has documents in the tables."""
        before = tables.sums.changes
        with (self._folder / "numbers").open("w+", encoding="utf-8") as spooled:
            head = self._spool(span, tables, spooled)
            if span.year != self._month.year and tables.sums.changes == before:
                return None
            name = f"certificate-{span.series}.jsonl"
            series = Series(
                merchant_id=self._merchant.merchant_id,
                name=span.series,
                last_number=span.last,
                last_position=head.position,
                last_hash=head.hash,
            )
            spooled.seek(0)
            numbers = (kept(json.loads(line)) for line in spooled)
            made_at = self._month.ends_at(self._merchant.time_zone)
            with (self._folder / name).open("w", encoding="utf-8") as file:
                write_certificate(file, series, numbers, made_at)
        return name

    def _spool(self, span: store.Span, tables: Tables, spooled: TextIO) -> Head:
        """Enter a series' documents in the tables; return how far its chain was at the end."""
        merchant_id = self._merchant.merchant_id
        head, bound = Head(), store.chained_after(merchant_id, span)
        for item in store.items(merchant_id, span):
            spooled.write(("null" if item is None else as_json(item)) + "\n")
            if item is not None:
                stood = self._enter(item, tables)
                head = head.after(stood.document, stood.at_end.void is not None, bound)
        return head

    def _enter(self, item: table.Item, tables: Tables) -> Stood:
        """Enter a document in the tables that it belongs in."""
        document = issued(item)
        receivable = store.receivable_of(document, item)
        stood = Stood(document, self._receivables.at_end(document, receivable))
        if document.entry.issued_on >= self._month.first_day:
            number = document.number_printed
            forms = {form: self._files.get(packed_name(number, form)) for form in store.FORMS}
            found = {form: one for form, one in forms.items() if one}
            tables.add_document(stood, found, self._lacking_of.get(number, ()))
        for change in self._receivables.changes(document, receivable):
            tables.add_change(stood, change)
        if stood.at_end.open_item or stood.at_end.credit_minor:
            tables.add_open_item(stood)
        return stood
