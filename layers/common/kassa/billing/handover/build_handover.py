"""Build the hand-over of a month: its documents, then its tables, certificates and manifest.

Documents are packed as they come, so memory holds a part of the archive and a line for each file.
After each part it is noted how far they are packed; whoever comes back goes on from there. What
stands behind the documents is made anew from the table, which says the same of the month for ever.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, Protocol

from kassa.billing.handover import store
from kassa.billing.handover.build_tables import TablesPacking
from kassa.billing.handover.manifest import (
    CHANGED,
    MISSING,
    NOT_MADE,
    Lacking,
    Noted,
    packed_name,
)
from kassa.billing.handover.month import Month
from kassa.billing.handover.packing import Packer
from kassa.billing.numbering.record import IssuedDocument
from kassa.billing.numbering.series import parted
from kassa.core.merchant import Merchant
from kassa.platform import clock
from kassa.platform.clock import TimeLeft
from kassa.platform.telemetry import logger

AT_ONCE = 32  # documents that are read together
RESERVE_S = 30.0  # kept back for uploading a part


class Output(Protocol):
    """Where an archive is written, part by part."""

    def noted(self) -> Sequence[Noted]:
        """Return what stands there already."""

    def write(self, part: bytes) -> None:
        """Write the next part."""

    def note(self, noted: Noted) -> None:
        """Note what is in the part that was written last, so that it needn't be written again."""

    def finish(self) -> None:
        """Let the archive stand."""


class Built(NamedTuple):
    """An archive that was built."""

    month: Month
    documents: int
    files: int
    lacking: tuple[Lacking, ...]
    manifest_sha256: str  # stands for all that is in it


def build_handover(
    month: Month, merchant: Merchant, output: Output, time_left_s: TimeLeft
) -> Built | None:
    """Build a month's archive; none where the time ran out, and the next call goes on.

    Raises InvalidRequest while the month goes on, StaleWrite where another builder is at it.
    """
    month.refuse_open(merchant, clock.now())
    spans = tuple(store.spans(merchant.merchant_id, month))
    packing = _Packing(output)
    documents = _documents(merchant.merchant_id, month, spans, packing.last)
    for batch in store.batches(documents, AT_ONCE):
        if time_left_s() < RESERVE_S:
            logger.info("hand-over goes on later", month=str(month), last=packing.last)
            return None
        for document, forms in zip(batch, store.read_forms(batch), strict=True):
            packing.add(document, forms)
    with TemporaryDirectory() as folder:
        writing = TablesPacking((merchant, month), packing.packer, packing.lacking, Path(folder))
        manifest, documents_count = writing.pack(spans)
    packing.packer.finish()
    output.finish()
    return Built(
        month,
        documents_count,
        len(packing.packer.files),
        tuple(packing.lacking),
        manifest.sha256,
    )


def _documents(
    merchant_id: str, month: Month, spans: Sequence[store.Span], last: str | None
) -> Iterator[IssuedDocument]:
    """Yield a month's documents: kind by kind, number by number, behind the last one packed."""
    within = [one for one in spans if one.year == month.year]
    name, number = parted(last) if last else ("", 0)
    names = [one.series for one in within]
    start = names.index(name) if last else 0
    for span in within[start:]:
        yield from store.documents_of(merchant_id, span, number if span.series == name else 0)


class _Packing:
    """Documents on their way into the archive, and what they lack."""

    def __init__(self, output: Output) -> None:
        noted = output.noted()
        self._output = output
        self.packer = Packer(output.write, chain.from_iterable(one.files for one in noted))
        self.lacking = [*chain.from_iterable(one.lacking for one in noted)]
        self.last = noted[-1].last if noted else None
        self._noted_up_to = (len(self.packer.files), len(self.lacking))

    def add(self, document: IssuedDocument, forms: dict[str, bytes | None]) -> None:
        """Pack a document's forms, and note what is packed where a part is full."""
        number = document.number_printed
        if "pdf" not in forms:
            self.lacking.append(Lacking(number, "pdf", NOT_MADE))
        for form, body in forms.items():
            if body is None:
                self.lacking.append(Lacking(number, form, MISSING))
                continue
            packed = self.packer.add(packed_name(number, form), body)
            if packed.sha256 != document.documents[form]:
                self.lacking.append(Lacking(number, form, CHANGED))
        self.last = number
        if self.packer.is_full:
            self._note(number)

    def _note(self, last: str) -> None:
        self.packer.hand_on()
        files, lacking = self._noted_up_to
        more = tuple(self.packer.files[files:]), tuple(self.lacking[lacking:])
        self._output.note(Noted(files=more[0], lacking=more[1], last=last))
        self._noted_up_to = (len(self.packer.files), len(self.lacking))
