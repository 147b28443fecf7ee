"""`kassa customers statement`: a customer's account over some days, on the screen or as a file."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from cli.connection import connect_as_merchant
from cli.listing import Listing
from cli.output import AsJson, amount, console, in_one_line, print_json, say
from cli.stack import give_up
from kassa.billing.statements.account import AccountStatement, CurrencyAccount
from kassa.billing.statements.state_account import StatementRequest, state_account
from kassa.billing.statements.statement_csv import as_csv
from kassa.core.merchant import Merchant
from kassa.core.money import Money
from kassa.platform.settings import settings

commands = typer.Typer()


@commands.command("statement")
@in_one_line
def statement(
    customer_id: Annotated[str, typer.Argument(metavar="CUSTOMER_ID", help="The shop's.")],
    first: Annotated[
        datetime | None,
        typer.Option(
            "--from", formats=["%Y-%m-%d"], metavar="DAY", help="The first; else all there is."
        ),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DAY", help="The last, included; today."),
    ] = None,
    currency: Annotated[str | None, typer.Option(help="Only this one; a PDF is in one.")] = None,
    pdf: Annotated[
        Path | None, typer.Option(metavar="FILE", dir_okay=False, help="Write the letter to it.")
    ] = None,
    is_csv: Annotated[bool, typer.Option("--csv", help="Print CSV for spreadsheets.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what a customer was invoiced, paid and got back, with balances, and what is open."""
    connect_as_merchant()
    if (pdf is not None) + is_csv + as_json > 1:
        give_up("--pdf, --csv and --json: one of them at a time")
    merchant = Merchant.from_settings(settings().model_dump())
    request = StatementRequest(customer_id, _day(first), _day(until), currency)
    stated = state_account(merchant, request)
    if pdf is not None:
        _write_pdf(stated, merchant, pdf)
    elif is_csv:
        typer.echo(as_csv(stated), nl=False)
    elif as_json:
        print_json(stated.model_dump(mode="json", by_alias=True))
    else:
        _print(stated)


def _write_pdf(stated: AccountStatement, merchant: Merchant, path: Path) -> None:
    from kassa.billing.statements import typeset_statement  # for PDFs alone: 0.3 s

    path.write_bytes(typeset_statement.typeset_statement(stated, merchant))
    console().print(str(path), soft_wrap=True, markup=False)


def _print(stated: AccountStatement) -> None:
    days = f"{stated.first_day} to {stated.until}"
    if not stated.accounts:
        say(f"Nothing was invoiced to {escape(stated.customer_id)} until {stated.until}.")
    for account in stated.accounts:
        _movements(account, f"{escape(stated.customer_id)}, {days}, {account.currency}").print()
        if account.open_items:
            _open_items(account).print()


def _movements(account: CurrencyAccount, title: str) -> Listing:
    columns = ["Day", "What", "Number", "Amount>", "Balance>"]
    listing = Listing(title, columns, {"What", "Number"})
    listing.add_row("", "opening balance", "", "", _amount(account, account.opening_minor))
    for one in account.movements:
        moved = _amount(account, one.debit_minor - one.credit_minor)
        kind = one.kind.replace("_", " ")
        listing.add_row(str(one.on), kind, one.number, moved, _amount(account, one.balance_minor))
    listing.add_row("", "closing balance", "", "", _amount(account, account.closing_minor))
    return listing


def _open_items(account: CurrencyAccount) -> Listing:
    listing = Listing("Open", ["Number", "Issued", "Due", "Days late>", "Owed>"], {"Number"})
    for one in account.open_items:
        days = str(one.days_past_due or "–")
        owed = _amount(account, one.open_minor)
        listing.add_row(one.number, str(one.issued_on), str(one.due_on), days, owed)
    return listing


def _amount(account: CurrencyAccount, minor: int) -> str:
    money = Money(amount_minor=minor, currency=account.currency)
    return amount(money).removesuffix(f" {account.currency}")


def _day(given: datetime | None) -> date | None:
    return given.date() if given else None
