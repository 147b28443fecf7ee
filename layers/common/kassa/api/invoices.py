"""The routes that read invoices: those of a series, and one with its document."""

from typing import Annotated

from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from kassa.billing.invoices.invoice import ShownInvoice, series_of, shown
from kassa.billing.invoices.store import InvoicePage, Invoices
from kassa.billing.numbering.record import DIGITS_MAX
from kassa.core.merchant import Merchant
from kassa.http_api.api import NOT_FOUND, OK
from kassa.http_api.list_parameters import Cursor, Limit
from kassa.platform import clock, documents
from kassa.platform.settings import settings

routes = Router()  # type: ignore[no-untyped-call]

NUMBER = rf"^[0-9]{{4}}-[0-9]{{{DIGITS_MAX}}}$"
Number = Annotated[
    str, Path(description="As it is printed, for example 2026-00000001.", pattern=NUMBER)
]
Series = Annotated[
    str | None,
    Query(
        description="The year that they were issued in; this one, without.", pattern="^[0-9]{4}$"
    ),
]


@routes.get(
    "/invoices",
    operation_id="listInvoices",
    summary="The invoices of a year",
    tags=["invoices"],
    responses=OK,
)
def get_invoices(series: Series = None, cursor: Cursor = None, limit: Limit = 50) -> InvoicePage:
    """Return a page of a year's invoices, newest first."""
    name = series or series_of(Merchant.from_settings(settings().model_dump()), clock.now())
    return Invoices().newest(settings().merchant_id, name, cursor, limit)


@routes.get(
    "/invoices/<number>",
    operation_id="getInvoice",
    summary="An invoice, with a link to its document",
    tags=["invoices"],
    responses=OK | NOT_FOUND,
)
def get_invoice(number: Number) -> ShownInvoice:
    """Return an invoice; `document_url` opens its PDF for five minutes, once it stands."""
    series, _, counted = number.partition("-")
    invoice = Invoices().numbered(settings().merchant_id, series, int(counted))
    url = documents.link(invoice.document_key) if invoice.document_key else None
    return shown(invoice).model_copy(update={"document_url": url})
