"""The route by which a receipt is asked for."""

from datetime import date

from aws_lambda_powertools.event_handler.api_gateway import Router
from pydantic import Field

from kassa.billing.invoices.parameters import Number
from kassa.billing.receipts.issue_receipts import IssuedReceipt, issue_receipts
from kassa.core.merchant import Merchant
from kassa.core.model import Model
from kassa.core.money import Money
from kassa.http_api.api import CONFLICT, NOT_FOUND, OK, created
from kassa.platform import documents
from kassa.platform.settings import settings
from kassa.platform.telemetry import time_left_s

routes = Router()  # type: ignore[no-untyped-call]


class ReceiptsBody(Model):
    """Of what the receipts are."""

    payment_id: str | None = Field(
        default=None, max_length=255, description="Of this payment alone; without it, of each."
    )


class ReceiptView(Model):
    """A receipt of one payment; all of it: GET /invoices/{number} with its number."""

    number: str  # as it is printed: RC-2026-00000001
    issued_on: date
    amount: Money
    payment_id: str | None
    document_url: str  # opens its PDF for five minutes


class ReceiptsView(Model):
    """The receipts of an invoice, one for each payment, the first paid first."""

    invoice_number: str
    receipts: tuple[ReceiptView, ...]


@routes.post(
    "/invoices/<number>/receipt",
    operation_id="issueReceipts",
    summary="Issue the receipts of what was paid of an invoice",
    tags=["invoices"],
    responses=OK | created(ReceiptsView) | NOT_FOUND | CONFLICT,
)
def post_receipt(number: Number, body: ReceiptsBody) -> tuple[ReceiptsView, int]:
    """Issue a receipt for each payment that has none; 201 where one is new, else 200."""
    merchant = Merchant.from_settings(settings().model_dump())
    made = issue_receipts(merchant, (number, body.payment_id), time_left_s(routes.lambda_context))
    view = ReceiptsView(invoice_number=number, receipts=tuple(map(_shown, made)))
    return view, 201 if any(one.is_new for one in made) else 200


def _shown(one: IssuedReceipt) -> ReceiptView:
    document, entry = one.document, one.document.entry
    return ReceiptView(
        number=document.number_printed,
        issued_on=entry.issued_on,
        amount=Money(amount_minor=entry.gross_minor, currency=entry.currency),
        payment_id=entry.payment_id,
        document_url=documents.link(document.path("pdf")),
    )
