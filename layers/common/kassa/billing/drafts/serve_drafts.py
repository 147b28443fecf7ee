"""The route by which a shop has an invoice issued."""

from datetime import date

from aws_lambda_powertools.event_handler.api_gateway import Router

from kassa.billing.drafts.issue_invoice import issue_invoice
from kassa.billing.drafts.keep_order import new_url
from kassa.billing.drafts.sent_draft import SentDraft
from kassa.billing.numbering.record import InvoiceState
from kassa.billing.numbering.store import issued
from kassa.billing.receivables.items import kept_receivable
from kassa.core.merchant import Merchant
from kassa.core.model import Model
from kassa.core.money import Money
from kassa.http_api.api import CONFLICT, OK, created
from kassa.platform import documents, table
from kassa.platform.settings import settings
from kassa.platform.telemetry import time_left_s

routes = Router()  # type: ignore[no-untyped-call]


class IssuedView(Model):
    """What a shop needs of an invoice that was issued; all of it: GET /invoices/{number}."""

    number: str  # as it is printed
    state: InvoiceState
    issued_on: date
    due_on: date | None
    total: Money  # with tax
    open_minor: int  # what of it is still to be paid
    payment_url: str | None  # where its customer pays it online, if it was asked for
    document_url: str | None  # opens its PDF for five minutes
    einvoice_url: str | None  # and its electronic invoice, where it has one


@routes.post(
    "/invoices",
    operation_id="issueInvoice",
    summary="Issue an invoice that is paid later",
    tags=["invoices"],
    responses=OK | created(IssuedView) | CONFLICT,
)
def post_invoice(draft: SentDraft) -> tuple[IssuedView, int]:
    """Issue what is asked for, once; 201 for a new number, 200 for the one it has."""
    merchant = Merchant.from_settings(settings().model_dump())
    url = new_url() if draft.payment_link else None
    made = issue_invoice(draft, merchant, url, time_left_s(routes.lambda_context))
    return _shown(made.item), 201 if made.is_new else 200


def _shown(item: table.Item) -> IssuedView:
    document = issued(item)
    receivable = kept_receivable(document.entry, item).receivable
    links = {
        form: documents.link(document.path(form))
        for form in ("pdf", "xml")
        if form in document.documents
    }
    return IssuedView(
        number=document.number_printed,
        state=receivable.state,
        issued_on=document.entry.issued_on,
        due_on=receivable.due_on,
        total=Money(amount_minor=document.entry.gross_minor, currency=document.entry.currency),
        open_minor=receivable.open_minor,
        payment_url=document.payment_url,
        document_url=links.get("pdf"),
        einvoice_url=links.get("xml"),
    )
