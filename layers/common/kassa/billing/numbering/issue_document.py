"""Issue a document of any kind: number and record in one transaction, then its documents.

What is to be issued is stated first (`Statement`); the date on the document is the entry's, which
is known with the number. A message that comes back finds its number and finishes what is missing.
"""

import json
from collections.abc import Mapping
from typing import Any

from kassa.billing.numbering.record import InvoiceState, IssuedDocument, Statement
from kassa.billing.numbering.series import next_entry, series_name
from kassa.billing.numbering.store import CONTENT, Move, Numbers, Update, issued
from kassa.billing.receivables.items import Terms, fields_of, to_be_paid
from kassa.core.merchant import Merchant
from kassa.platform import clock, documents, table
from kassa.platform.clock import TimeLeft
from kassa.platform.optimistic import retry_on_conflict

RESERVE_S = 5.0  # kept back for typesetting, storing and answering
TYPES = {"pdf": "application/pdf", "json": "application/json"}
XML = "application/xml"


def issue_document(
    statement: Statement,
    merchant: Merchant,
    time_left_s: TimeLeft,
    state: InvoiceState = InvoiceState.OPEN,
) -> IssuedDocument:
    """Give what is stated the next number of its series; a source has one number, for good.

    An invoice that is paid later is issued by `take_number`, on its terms. Raises StaleWrite when
    others kept taking the next number until the time ran out.
    """
    return retry_on_conflict(lambda: _issued(statement, merchant, state), time_left_s, RESERVE_S)


def store_documents(
    document: IssuedDocument,
    content: Mapping[str, Any],
    forms: Mapping[str, bytes],
    beside: Mapping[str, Any] | None = None,
) -> bool:
    """Store an issued document's record and its forms (xml, pdf), and note their hashes.

    Returns whether the last form wasn't noted before: so a document is complete once.

    `content` is all that the document says, whose `content_digest` its statement may name. The
    record is what the number comes back from, with what its item shall hold `beside` (what is
    owed, or its share of an invoice); a form that stands is never replaced.
    """
    record = {
        **(beside or {}),
        "entry": document.entry_text,
        "entry_hash": document.entry_hash,
        "state": document.state.value,
        "documents": {},
        CONTENT: content,
    }
    stored = json.dumps(record, ensure_ascii=False).encode()
    is_complete = False
    for form, body in {"json": stored, **forms}.items():
        sha256 = documents.store(document.path(form), body, TYPES.get(form, XML))
        is_complete = Numbers().note_document(document, form, sha256)
    return is_complete


def take_number(
    statement: Statement,
    merchant: Merchant,
    beside: table.Item,
    update: Update | None = None,
    terms: Terms | None = None,
) -> table.Item:
    """Write a statement under the next number of its series, and return its item.

    `beside` and `update` are as in `Numbers.keep`. An invoice on `terms` is owed from then on: what
    is to be known of that is published by `make_known(kept_receivable(…), source_id)`. Raises
    StaleWrite where another was faster.
    """
    numbers, now = Numbers(), clock.now()
    before = numbers.series(merchant.merchant_id, series_name(statement.kind, merchant, now))
    entry, after = next_entry(statement, before, merchant.day_of(now))
    if terms is not None:
        beside = beside | fields_of(entry, to_be_paid(entry, terms, now))
    return numbers.keep(entry, Move(before, after), beside, update)


def _issued(statement: Statement, merchant: Merchant, state: InvoiceState) -> IssuedDocument:
    """Take the next number of the series, unless the source was numbered before."""
    if known := Numbers().issued_for(statement.source_id):
        return known
    return issued(take_number(statement, merchant, {"state": state.value, "documents": {}}))
