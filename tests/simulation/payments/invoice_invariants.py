"""Invariant 6: the numbers of each series are 1..N, and each capture has exactly one invoice.

What is owed of all invoices follows from what was captured, taken back and refunded, to the cent.
"""

from collections import Counter, defaultdict

from kassa.billing.receivables.receivable import EntryKind, KeptReceivable
from kassa.billing.receivables.store import kept_of
from kassa.platform import table
from tests.simulation.dynamodb.values import Item
from tests.simulation.payments.checks import Checks
from tests.simulation.payments.world import World

_INVOICE, _INVOICED = "INVOICE#", "INVOICED#"
_OTHERS = ("order:", "payment:")  # what else leads to an invoice, beside its captures
_PAID = {"capture": 1, "capture_reversal": -1, "refund": -1, "refund_reversal": 1}


def invoicing(world: World, checks: Checks, items: list[Item]) -> list[str]:
    """Return what is wrong with invoices."""
    captured = {fact_id for fact_id, name in checks.names.items() if name == "PaymentCaptured"}
    partitions = [item["PK"]["S"] for item in items]
    leading = {name.removeprefix(_INVOICED) for name in partitions if name.startswith(_INVOICED)}
    invoiced = {name for name in leading if not name.startswith(_OTHERS)}
    found = [table.plain(item) for item in items if item["SK"]["S"] == "INVOICE"]
    kept = [kept_of(item) for item in found]
    own = captured & {one.of.source_id for one in kept}
    return [
        *(
            f"{fact_id} is captured or invoiced, not both"
            for fact_id in sorted(captured ^ invoiced)
        ),
        *_gaps([name for name in partitions if name.startswith(_INVOICE)], len(own)),
        *_undrawn(world, len(own)),
        *_settled(captured, kept),
        *([] if world.opened_at else _paid(checks, kept)),
    ]


def _settled(captured: set[str], kept: list[KeptReceivable]) -> list[str]:
    """Each capture settles one invoice, once."""
    settled = Counter(
        entry.source_id
        for one in kept
        for entry in one.receivable.entries
        if entry.kind is EntryKind.SETTLED
    )
    wrong = sorted(fact_id for fact_id in {*captured, *settled} if settled[fact_id] != 1)
    return [f"{fact_id} settles {settled[fact_id]} invoices" for fact_id in wrong]


def _paid(checks: Checks, kept: list[KeptReceivable]) -> list[str]:
    """What customers paid of all invoices is what the ledger says they paid."""
    paid, posted = Counter[str](), Counter[str]()
    for one in kept:
        paid[one.receivable.currency] += one.receivable.paid_minor
    for posting in checks.postings:
        sign = _PAID.get(posting.kind, 0)
        posted[posting.currency] += sign * posting.amount_minor
    return [
        f"invoices say that {paid[name]} {name} were paid, the ledger {posted[name]}"
        for name in sorted({*paid, *posted})
        if paid[name] != posted[name]
    ]


def _gaps(invoices: list[str], expected: int) -> list[str]:
    series: dict[str, list[int]] = defaultdict(list)
    for name in invoices:
        prefix, _, number = name.rpartition("#")
        series[prefix].append(int(number))
    found = [
        f"{prefix} has the numbers {sorted(numbers)}"
        for prefix, numbers in series.items()
        if sorted(numbers) != list(range(1, len(numbers) + 1))
    ]
    if len(invoices) != expected:
        found.append(f"{len(invoices)} invoices stand for {expected} captures")
    return found


def _undrawn(world: World, expected: int) -> list[str]:
    drawn = [key for key in world.bucket.objects if key.endswith(".pdf")]
    documents = {key.rpartition(".")[0] for key in drawn}
    return (
        []
        if len(documents) == expected
        else [f"{len(documents)} of {expected} documents are drawn"]
    )
