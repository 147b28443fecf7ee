"""`kassa report explain`: which postings a figure of a report is the sum of, and their events."""

import json
from collections.abc import Sequence
from typing import Annotated, NamedTuple

import typer

from cli.connection import connect
from cli.listing import Cursor, Limit, Listing
from cli.output import AsJson, amount, console, in_one_line, instant, print_json, say, table
from cli.reports.lists import Name, named
from cli.reports.lists import commands as commands
from cli.reports.tables import money
from cli.stack import give_up
from infra.stack import Stack
from kassa.core import stored
from kassa.reports.fees.contracts.regions import Region
from kassa.reports.reading.figures import (
    CHARGED,
    EXPLAINED,
    FAILED,
    POSTINGS_MAX,
    ExplainedFigure,
    FigurePosting,
    FigureRequest,
)

Figure = Annotated[str, typer.Argument(metavar="FIGURE", help=f"One of {', '.join(EXPLAINED)}.")]
Gateway = Annotated[str | None, typer.Option(help="Only this gateway's postings.")]
Account = Annotated[str | None, typer.Option(help="Only those of this account at the gateway.")]
Currency = Annotated[str | None, typer.Option(help="Only those in this currency.")]
Method = Annotated[str | None, typer.Option(help="Only what was paid by it, as printed: card.")]
Brand = Annotated[str | None, typer.Option(help="Only what was paid by this brand: visa.")]
Country = Annotated[str | None, typer.Option(help="Only payments from there: FI.")]
Channel = Annotated[str | None, typer.Option(help="Only what was sold there: web.")]
Product = Annotated[str | None, typer.Option(help="Only its share of each payment.")]
CardRegion = Annotated[
    Region | None, typer.Option("--region", help="Of what was charged: only cards from there.")
]
Reason = Annotated[str | None, typer.Option(help="Of failed attempts: only those for this code.")]
IsQueried = Annotated[bool, typer.Option("--query", help="Print the query that chose them.")]


class Heads(NamedTuple):
    """What a figure's rows are called."""

    amount: str
    rows: str
    part: str
    nothing: str


_OF_POSTINGS = Heads("adds up to", "postings", "part", "No posting is a part of it.")
_HEADS = {
    FAILED: Heads("to be paid", "attempts", "reason", "No attempt failed."),
    CHARGED: Heads("charged", "charges", "part", "Nothing was charged."),
}


@commands.command("explain")
@in_one_line
def explain(
    name: Name,
    figure: Figure,
    gateway: Gateway = None,
    account: Account = None,
    currency: Currency = None,
    method: Method = None,
    brand: Brand = None,
    country: Country = None,
    channel: Channel = None,
    product: Product = None,
    region: CardRegion = None,
    reason: Reason = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    is_queried: IsQueried = False,
    as_json: AsJson = False,
) -> None:
    """Show the postings a figure is the sum of: payment, event, and what each adds to it.

    Of failed attempts, the attempts: why, and what was to be paid.
    """
    if figure not in EXPLAINED:
        raise typer.BadParameter(f"{figure} is no figure: {', '.join(EXPLAINED)}")
    whose = {"gateway": gateway, "account": account, "currency": currency and currency.upper()}
    line = {"method": method, "brand": brand, "region": region, "country": country}
    sold = {"channel": channel, "product": product, "reason": reason}
    asked = {"figure": figure, "day": name, "period": named(name), "cursor": cursor}
    request = FigureRequest.model_validate(asked | whose | line | sold)
    found = _explained(connect(), request, limit)
    if as_json:
        print_json(found)
    elif is_queried:
        say(found.query)
    else:
        _print(found)


def _explained(stack: Stack, request: FigureRequest, limit: int) -> ExplainedFigure:
    """Return a figure with as many of its postings as are asked for, page by page."""
    found, postings = None, list[FigurePosting]()
    while found is None or (found.next_cursor and len(postings) < limit):
        size = min(limit - len(postings), POSTINGS_MAX)
        cursor = found.next_cursor if found else request.cursor
        page = request.model_copy(update={"limit": size, "cursor": cursor})
        found = _page(stack, page)
        postings += found.postings
    return found.model_copy(update={"postings": tuple(postings)})


def _page(stack: Stack, request: FigureRequest) -> ExplainedFigure:
    answer = stack.client("lambda").invoke(
        FunctionName=stack.functions["BuildReportFunction"], Payload=request.model_dump_json()
    )
    payload = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        give_up(str(payload.get("errorMessage", payload)))
    return stored.read(ExplainedFigure, payload)


def _print(found: ExplainedFigure) -> None:
    screen = console()
    still = "imported, from before these books" if found.is_imported else "preliminary"
    status = "closed" if found.is_closed else still
    files = "1 file" if found.files == 1 else f"{found.files:,} files"
    screen.print(f"[bold]{found.figure} of {found.name}[/bold]  {status}, {files}")
    heads = _HEADS.get(found.figure, _OF_POSTINGS)
    if not found.totals:
        screen.print(heads.nothing)
        return
    totals = table("", ["currency", f"{heads.amount}>", f"{heads.rows}>"])
    totals.title = None
    for each in found.totals:
        written = money(each.amount_minor, each.currency)
        totals.add_row(each.currency, written, f"{each.postings:,}")
    screen.print(totals)
    _listing(found.postings, heads.part).print(screen)
    screen.print(f"[dim]by {found.manifest_key}; --query shows how[/dim]", soft_wrap=True)
    if found.next_cursor is not None:
        say(f"There are more: --cursor {found.next_cursor}", style="dim")


def _listing(postings: Sequence[FigurePosting], part: str) -> Listing:
    made = Listing("", ["booked", part, "amount>", "payment", "event"], ["payment", "event"])
    for one in postings:
        about = f"{one.gateway}/{one.account}/{one.subject_id}"
        written = amount({"amount_minor": one.amount_minor, "currency": one.currency})
        made.add_row(instant(one.booked_at), one.reason or one.part, written, about, one.event_id)
    return made
