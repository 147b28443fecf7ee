"""Seven's disputes in our terms: how each stands, and each movement of its money."""

from collections.abc import Iterator

from kassa.gateways.events import ObjectKind, ObjectReport
from kassa.gateways.parsing import Body, parts
from tests.support.gateway_seven.seven.parsing import id_of, report_of


def disputes(payment: Body) -> Iterator[ObjectReport]:
    """Report how each dispute stands (`open`, `won`, `lost`) and what moved for it."""
    for dispute in parts(payment, "disputes"):
        yield report_of(ObjectKind.DISPUTE, dispute, payment)
        yield from _movements(dispute, payment, id_of(dispute))


def reversals(payment: Body) -> Iterator[ObjectReport]:
    """Report what Seven took back from a payment by itself, without a dispute."""
    yield from _movements(payment, payment, id_of(payment))


def _movements(moved_for: Body, payment: Body, owner: str) -> Iterator[ObjectReport]:
    for movement in parts(moved_for, "movements"):
        report = report_of(ObjectKind.DISPUTE_FUNDS, movement, payment)
        yield report.model_copy(update={"belongs_to": owner})
