"""Seven's payments in our terms: each capture and each refund, as it stands."""

from collections.abc import Iterator

from kassa.gateways.events import ObjectKind, ObjectReport
from kassa.gateways.parsing import Body, parts, text
from tests.support.gateway_seven.seven.parsing import paid_with, report_of


def charges(payment: Body) -> Iterator[ObjectReport]:
    """Report how each capture stands: `captured`, `failed` or `returned`."""
    for capture in parts(payment, "captures"):
        report = report_of(ObjectKind.CHARGE, capture, payment)
        yield report.model_copy(update=paid_with(text(payment.get("method")))._asdict())


def refunds(payment: Body) -> Iterator[ObjectReport]:
    """Report how each refund stands: `succeeded` or `failed`; ours carry our name for them."""
    for refund in parts(payment, "refunds"):
        report = report_of(ObjectKind.REFUND, refund, payment)
        yield report.model_copy(update={"refund_request_id": text(refund.get("reference"))})
