"""Invariant 6: the numbers of each series are 1..N, and each capture has exactly one invoice."""

from collections import defaultdict

from tests.simulation.dynamodb.values import Item
from tests.simulation.payments.checks import Checks
from tests.simulation.payments.world import World

_INVOICE, _INVOICED = "INVOICE#", "INVOICED#"


def invoicing(world: World, checks: Checks, items: list[Item]) -> list[str]:
    """Return what is wrong with invoices."""
    captured = {fact_id for fact_id, name in checks.names.items() if name == "PaymentCaptured"}
    partitions = [item["PK"]["S"] for item in items]
    invoiced = {name.removeprefix(_INVOICED) for name in partitions if name.startswith(_INVOICED)}
    return [
        *(
            f"{fact_id} is captured or invoiced, not both"
            for fact_id in sorted(captured ^ invoiced)
        ),
        *_gaps([name for name in partitions if name.startswith(_INVOICE)], len(captured)),
        *_undrawn(world, len(captured)),
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
