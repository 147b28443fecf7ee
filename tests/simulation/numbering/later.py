"""Invoices that are paid later in a world of numbers, and the taxed credit notes of their refunds.

A draft is sent once, or as often as its sender asks again. Who doesn't ask again after its function
died is left to the clock, which looks for numbers without documents.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from random import Random
from typing import Any

from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.drafts.issue_invoice import issue_invoice
from kassa.billing.drafts.sent_draft import SentDraft
from kassa.billing.invoices.generate_invoice import complete_invoice
from kassa.billing.numbering.queue_unfinished import queue_unfinished
from kassa.billing.numbering.store import issued
from kassa.billing.receivables.receivable import EntryKind
from kassa.billing.receivables.store import kept_of
from kassa.core.errors import Conflict, StaleWrite
from kassa.core.merchant import Merchant
from tests.simulation.engine.schedule import Schedule

_RATES = ("25.5", "10")


def draft(number: int, source: Random) -> SentDraft:
    """Return the draft of an order: two lines of two rates, prices with their tax."""
    lines = [
        {
            "name": f"Thing {rate}",
            "quantity": str(source.randint(1, 3)),
            "unit_price_minor": source.randint(1, 60) * (number + 1),
            "tax": {"category": "S", "rate": rate},
        }
        for rate in _RATES
    ]
    said = {"order_id": f"order-{number}", "currency": "EUR", "prices_include_tax": True}
    return SentDraft.model_validate(said | {"lines": lines})


class Requests:
    """Drafts as they are sent, and the clock that finishes what their functions left."""

    def __init__(self, schedule: Schedule, shop: Merchant) -> None:
        self._schedule, self._shop = schedule, shop
        self.queued: list[str] = []

    def send(self, sent: SentDraft) -> None:
        """Have an invoice issued; one that can't be any more is refused, and that is the end."""
        seen = self._schedule.seen
        try:
            issue_invoice(sent, self._shop, None, self._schedule.left_s)
        except Conflict:
            seen["a draft was refused"] += 1
        else:
            seen["an invoice was issued to be paid later"] += 1

    def send_once(self, sent: SentDraft) -> None:
        """Do the same for somebody who never asks again."""
        try:
            self.send(sent)
        except StaleWrite:
            return

    def look(self) -> None:
        """Do the clock's round, and what it queues."""
        queue_unfinished(self._schedule.left_s)
        while self.queued:
            self._schedule.seen["an unfinished invoice was found"] += 1
            complete_invoice(self.queued.pop(), self._shop)

    def put(self, _: str, bodies: Iterable[str], **__: int) -> int:
        """Stand in for InvoicesQueue."""
        found = list(bodies)
        self.queued += found
        return len(found)


def violations(items: list[dict[str, Any]], seen: Counter[str]) -> list[str]:
    """Return what is wrong with credit notes: all of an invoice's never come to more than it."""
    invoices = [item for item in items if item["SK"] == "INVOICE"]
    by_number = {issued(item).number_printed: item for item in invoices}
    notes = defaultdict(list)
    for item in invoices:
        document = issued(item)
        is_note = document.entry.kind is DocumentKind.CREDIT_NOTE and document.entry.preceding
        if is_note and document.void is None:
            notes[document.entry.preceding].append(document.entry)
            seen["a note with tax was held against its invoice"] += 1
    return [
        wrong
        for number, found in sorted(notes.items())
        for wrong in _of_invoice(by_number[str(number)], found)
    ]


def _of_invoice(item: dict[str, Any], notes: list[Any]) -> list[str]:
    kept = kept_of(item)
    credited = kept.receivable.minor_of(EntryKind.CREDITED)
    credited -= kept.receivable.minor_of(EntryKind.CREDIT_VOIDED)
    gross = sum(one.gross_minor for one in notes)
    wrong = []
    if gross != credited:
        wrong.append(f"notes of {kept.number} give {gross} back, it counts {credited}")
    taken, left = _by_rate(notes), _by_rate([kept.of])
    over = {rate: minor for rate, minor in taken.items() if minor > left[rate]}
    if over:
        wrong.append(f"notes of {kept.number} give back {json.dumps(over)}, more than there was")
    return wrong


def _by_rate(entries: list[Any]) -> Counter[str]:
    sums: Counter[str] = Counter()
    for one in (tax for entry in entries for tax in entry.taxes):
        sums[f"net at {one.rate}"] += one.net_minor
        sums[f"tax at {one.rate}"] += one.tax_minor
    return sums
