"""The routes that read invoices, credit notes and receipts: lists, and one with its documents."""

from typing import Annotated

from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Query

from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.invoices import lists as invoice_lists
from kassa.billing.invoices.lists import InvoicePage
from kassa.billing.invoices.parameters import Number
from kassa.billing.invoices.view import InvoiceFilter, InvoiceView
from kassa.billing.numbering.record import InvoiceState
from kassa.core.merchant import Merchant
from kassa.http_api.api import NOT_FOUND, OK
from kassa.http_api.list_parameters import CalendarDay, Cursor, CustomerId, Limit, OrderId
from kassa.platform import clock
from kassa.platform.index_pages import PageRequest
from kassa.platform.settings import settings

routes = Router()  # type: ignore[no-untyped-call]

Kind = Annotated[DocumentKind, Query(description="Which kind is listed.")]
Series = Annotated[
    str | None,
    Query(
        description="The year that they were issued in; this one, without a day.",
        pattern="^[0-9]{4}$",
    ),
]
State = Annotated[InvoiceState | None, Query(description="Only what stands so.")]
Currency = Annotated[
    str | None, Query(description="Only what is in it, ISO 4217.", pattern="^[A-Z]{3}$")
]
IssuedFrom = Annotated[CalendarDay | None, Query(description="The first day, of issue.")]
IssuedUntil = Annotated[CalendarDay | None, Query(description="The last day, of issue.")]
DueBefore = Annotated[CalendarDay | None, Query(description="Only what was due before that day.")]


@routes.get(
    "/invoices",
    operation_id="listInvoices",
    summary="The invoices, credit notes or receipts of a year or some days, a customer, or due",
    tags=["invoices"],
    responses=OK,
)
def get_invoices(
    kind: Kind = DocumentKind.INVOICE,
    series: Series = None,
    state: State = None,
    customer_id: CustomerId = None,
    order_id: OrderId = None,
    currency: Currency = None,
    issued_from: IssuedFrom = None,
    issued_until: IssuedUntil = None,
    due_before: DueBefore = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> InvoicePage:
    """Return a page, newest first, or first due first; a filter may leave fewer than asked for.

    What is due, and a customer's, is listed over all years.
    """
    days = issued_from, issued_until, due_before
    filters = InvoiceFilter(kind, series, state, customer_id, order_id, currency, *days)
    today = Merchant.from_settings(settings().model_dump()).day_of(clock.now())
    request = PageRequest(cursor, limit)
    return invoice_lists.listed(settings().merchant_id, filters, today, request)


@routes.get(
    "/invoices/<number>",
    operation_id="getInvoice",
    summary="An invoice, credit note or receipt, with links to its documents",
    tags=["invoices"],
    responses=OK | NOT_FOUND,
)
def get_invoice(number: Number) -> InvoiceView:
    """Return one document; its links open its PDF and its electronic invoice for five minutes."""
    return invoice_lists.numbered(settings().merchant_id, number)
