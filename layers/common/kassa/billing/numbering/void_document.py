"""Void a number: it keeps its place and its document, and says who voided it, when and why.

The void is an entry of the series' chain and an act of the audit trail, in one transaction.
"""

from typing import Any

from botocore.exceptions import ClientError

from kassa.audit import store as audit_trail
from kassa.audit.trail import Act, Actor
from kassa.billing.numbering.record import (
    REASON_MAX,
    InvoiceState,
    IssuedDocument,
    VoidEntry,
    hashed,
    printed,
    text_of,
)
from kassa.billing.numbering.series import Voided, parted, void_entry
from kassa.billing.numbering.store import Move, Numbers, headed
from kassa.billing.receivables.note_entries import make_known
from kassa.billing.receivables.void_receivable import receivable_of, void_updates
from kassa.core.errors import InvalidRequest, StaleWrite
from kassa.platform import clock, documents, table
from kassa.platform.clock import TimeLeft
from kassa.platform.optimistic import retry_on_conflict
from kassa.platform.settings import settings

RESERVE_S = 2.0  # kept back for the record in the bucket


def void_document(
    merchant_id: str, number: str, why: tuple[str, Actor], time_left_s: TimeLeft
) -> IssuedDocument:
    """Void a printed number, with a reason and who says so; a void one stays as it is.

    The reason is kept for good, in the chain: no personal data belongs in it. Raises
    InvoiceNotFound where the number wasn't given, and InvalidRequest without a reason.
    """
    reason, by = why
    reason = " ".join(reason.split())
    if not 1 <= len(reason) <= REASON_MAX:
        raise InvalidRequest(f"reason: say why, in {REASON_MAX} characters at most")
    name, counted = parted(number)
    document = retry_on_conflict(
        lambda: _voided((merchant_id, name, counted), reason, by), time_left_s, RESERVE_S
    )
    if document.void_text is not None:
        record = document.void_text.encode()
        documents.store(document.path("void.json"), record, "application/json")
    if kept := receivable_of(document):
        make_known(kept, document.entry.source_id)
    return document


def _voided(of: tuple[str, str, int], reason: str, by: Actor) -> IssuedDocument:
    """Void a number on the series as it stands, unless somebody was first."""
    numbers = Numbers()
    document = numbers.numbered(*of)
    if document.void is not None:
        return document
    merchant_id, name, number = of
    before = numbers.series(merchant_id, name)
    entry, after = void_entry(number, before, Voided(reason, by.name, clock.now()))
    _keep(entry, Move(before, after), by, document)
    text = text_of(entry)
    changed = {"void": entry, "void_text": text, "void_hash": hashed(text)}
    return document.model_copy(update=changed | {"state": InvoiceState.VOID})


def _keep(entry: VoidEntry, move: Move, by: Actor, document: IssuedDocument) -> None:
    """Write a void, what it does to its invoice and its item in the audit trail, all or nothing.

    Raises StaleWrite when the series or the invoice moved on, or the number is void already; read
    again.
    """
    text = text_of(entry)
    act = Act(
        operation="invoice.void",
        object_id=f"invoice/{printed(entry.series, entry.number)}",
        by=by,
        after=hashed(text),
        reason=entry.reason,
    )
    own: list[dict[str, Any]] = [
        {"Update": headed(move)},
        *(
            {"Update": {"TableName": settings().table_name, **update}}
            for update in void_updates(document, entry)
        ),
    ]
    try:
        audit_trail.transact(own, act)
    except ClientError as error:
        if "ConditionalCheckFailed" in table.reasons(error)[: len(own)]:
            raise StaleWrite("the series has moved on, or the number is void") from error
        raise
