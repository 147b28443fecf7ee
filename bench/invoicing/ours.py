"""Our invoices, from JSON to PDF/A-3 with its XML, also with the UBL beside it, and typst alone.

Typst remembers what it laid out, so no text is set twice: what is compiled alone are other
invoices of the same kind.
"""

import json
import sys
import time
from collections.abc import Iterable
from itertools import pairwise
from statistics import median

from bench.invoicing.sales import draft_text
from kassa.billing.documents.draft import Draft
from kassa.billing.documents.totals import Document, worked_out
from kassa.billing.einvoice.checks import problems
from kassa.billing.einvoice.cii import cii_bytes
from kassa.billing.einvoice.forms import electronic_forms
from kassa.billing.typeset.engine import FONT_PACKAGES, typesetter
from kassa.billing.typeset.typeset_document import (
    LAYOUTS,
    Sheet,
    document_sheet,
    inputs_of,
    typeset_document,
)

PROFILE = "en16931"
TURNS, EACH = 5, 12


def main(tag: str) -> None:
    """Make invoices, and compile others alone, in turns; print the CPU seconds of one of each."""
    numbers = iter(range(1_000_000))
    made(texts(tag, numbers, 3), with_ubl=True)
    compiled(sheets(texts(tag, numbers, 3)))
    turns, size = [], 0
    for _ in range(TURNS):
        ours, more = texts(tag, numbers, EACH), texts(tag, numbers, EACH)
        alone = sheets(texts(tag, numbers, EACH))
        instants = [time.process_time()]
        size = made(ours)
        instants.append(time.process_time())
        made(more, with_ubl=True)
        instants.append(time.process_time())
        compiled(alone)
        instants.append(time.process_time())
        turns.append([after - before for before, after in pairwise(instants)])
    found = {
        "cpu_s": min(whole for whole, _, _ in turns) / EACH,
        "bare_cpu_s": min(bare for _, _, bare in turns) / EACH,
        "ratio": median(whole / bare for whole, _, bare in turns),
        "with_ubl": median(both / bare for _, both, bare in turns),
        "bytes": size,
    }
    print(json.dumps(found))


def texts(tag: str, numbers: Iterable[int], count: int) -> list[str]:
    """Return the next so many sales."""
    return [draft_text(tag, number) for number, _ in zip(numbers, range(count), strict=False)]


def made(drafts: list[str], *, with_ubl: bool = False) -> int:
    """Make an invoice of each draft, by its rules; return the bytes of the last PDF."""
    size = 0
    for at, text in enumerate(drafts):
        document, number = worked_out(Draft.model_validate_json(text)), f"2026-{at:08d}"
        if with_ubl:  # as generate_invoice does
            cii = _attached(document, number)
        else:
            assert not problems(document)
            cii = cii_bytes(document, number)
        size = len(typeset_document(document, number, attachment=cii))
    return size


def sheets(drafts: list[str]) -> list[tuple[Sheet, dict[str, str]]]:
    """Return what typst is given for each draft, made beforehand."""
    prepared = []
    machine = typesetter(LAYOUTS, FONT_PACKAGES)
    for at, text in enumerate(drafts):
        document, number = worked_out(Draft.model_validate_json(text)), f"2026-{at:08d}"
        sheet = document_sheet(document, number, attachment=_attached(document, number))
        prepared.append((sheet, inputs_of(sheet, machine)))
    return prepared


def _attached(document: Document, number: str) -> bytes | None:
    return electronic_forms(document, number, PROFILE).cii


def compiled(prepared: list[tuple[Sheet, dict[str, str]]]) -> None:
    """Let typst alone make each PDF."""
    machine = typesetter(LAYOUTS, FONT_PACKAGES)
    for sheet, inputs in prepared:
        machine.pdf(sheet.layout, inputs, sheet.on)


if __name__ == "__main__":
    main(*sys.argv[1:])
