"""`kassa invoices list`, `show` and `open`: which documents there are, and how one stands."""

import webbrowser
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

import typer

from cli.connection import connect_as_merchant
from cli.invoices.tables import documents_listing, say_document
from cli.listing import Cursor, Limit, Shown, Start, show_list
from cli.output import AsJson, console, in_one_line, print_json
from cli.stack import give_up, output_folder
from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.invoices import lists as invoice_lists
from kassa.billing.invoices.view import InvoiceFilter, InvoiceView
from kassa.billing.numbering.record import InvoiceState
from kassa.core.merchant import Merchant
from kassa.platform import clock, documents
from kassa.platform.index_pages import PageRequest
from kassa.platform.settings import settings

commands = typer.Typer()

Number = Annotated[
    str, typer.Argument(metavar="NUMBER", help="As printed: 2026-00000001, CN-2026-00000001.")
]

From = Annotated[
    datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], metavar="DAY", help="Issued on it or later."),
]
Until = Annotated[
    datetime | None,
    typer.Option("--until", formats=["%Y-%m-%d"], metavar="DAY", help="Issued until then."),
]
DueBefore = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], metavar="DAY", help="Only what was due before it."),
]


@commands.command("list")
@in_one_line
def listed(
    kind: Annotated[DocumentKind, typer.Option(help="Which kind.")] = DocumentKind.INVOICE,
    series: Annotated[
        str | None, typer.Option(metavar="YEAR", help="The year of issue; this one.")
    ] = None,
    state: Annotated[InvoiceState | None, typer.Option(help="Only what stands so.")] = None,
    customer_id: Annotated[str | None, typer.Option("--customer", help="Only this one's.")] = None,
    order_id: Annotated[str | None, typer.Option("--order", help="Only of this order.")] = None,
    currency: Annotated[str | None, typer.Option(help="Only in this currency.")] = None,
    issued_from: From = None,
    issued_until: Until = None,
    due_before: DueBefore = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    as_json: AsJson = False,
) -> None:
    """List the invoices of a year or of some days, newest first; or credit notes, or receipts."""
    connect_as_merchant()
    days = (_day(one) for one in (issued_from, issued_until, due_before))
    filters = InvoiceFilter(kind, series, state, customer_id, order_id, currency, *days)
    today = Merchant.from_settings(settings().model_dump()).day_of(clock.now())

    def read(request: PageRequest) -> tuple[Sequence[InvoiceView], str | None]:
        page = invoice_lists.listed(settings().merchant_id, filters, today, request)
        return page.invoices, page.next_cursor

    nothing = f"There is no such {kind.replace('_', ' ')}."
    shown = Shown("invoices", documents_listing, nothing)
    show_list(read, Start(limit, cursor), shown, as_json)


@commands.command("show")
@in_one_line
def show(number: Number, as_json: AsJson = False) -> None:
    """Show how a document stands: what it states, what is owed of it, and what became of it."""
    connect_as_merchant()
    shown, _ = invoice_lists.found(settings().merchant_id, number)
    if as_json:
        print_json(shown)
        return
    say_document(shown)


@commands.command("open")
@in_one_line
def open_document(
    number: Number,
    with_einvoice: Annotated[
        bool, typer.Option("--xml", help="The electronic invoice instead of the PDF.")
    ] = False,
    is_printed: Annotated[
        bool, typer.Option("--print", help="Print where it lies, and don't show it.")
    ] = False,
) -> None:
    """Fetch a document and show it, or print where it lies."""
    connect_as_merchant()
    _, document = invoice_lists.found(settings().merchant_id, number)
    form = "xml" if with_einvoice else "pdf"
    if form not in document.documents:
        give_up(f"{number} has no {form}")
    path = output_folder() / document.path(form)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(documents.read(document.path(form)))
    console().print(str(path), soft_wrap=True, markup=False)
    if not is_printed:
        webbrowser.open(path.absolute().as_uri())


def _day(given: datetime | None) -> date | None:
    return given.date() if given else None
