"""`kassa fees`: what gateways may charge; show, check, try and save it, and print an example."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.acting import operator
from cli.fees import files, tables
from cli.fees.files import ContractsFile
from cli.output import AsJson, console, in_one_line, instant, print_json, say
from infra.unlogged import unlogged
from kassa.core.errors import Unreadable
from kassa.gateways.payment_methods import PaidMethod
from kassa.platform import clock
from kassa.refunds.policy.cells import money
from kassa.reports.fees.contracts.contract import Charge
from kassa.reports.fees.contracts.regions import Region
from kassa.reports.fees.contracts.save_contracts import save_contracts

app = typer.Typer(
    no_args_is_help=True, help="Fees: the gateways' contracts (show, check, try, save, example)."
)
EXAMPLE = Path(__file__).with_name("example.yaml")
WAIT_S = 20.0  # for who else saves contracts


@app.command("show")
@in_one_line
def show(as_json: AsJson = False) -> None:
    """Show the contracts saved last, which reports closed from now on go by."""
    contracts = files.opened().newest()
    if as_json:
        print_json(contracts)
    elif contracts.saved_at is None:
        say("No contracts are saved: 'kassa fees example' prints some to start from.")
    else:
        say(f"Version {contracts.version}, saved {instant(contracts.saved_at)} UTC.")
        console().print(tables.contracts_table(contracts))


@app.command("example")
def example() -> None:
    """Print contracts to start from; their numbers are invented."""
    typer.echo(EXAMPLE.read_text(), nl=False)


@app.command("check")
@in_one_line
def check(file: ContractsFile) -> None:
    """Say whether a file can be saved, with every mistake in it."""
    contracts = files.read(file)
    lines = sum(len(one.fees) for one in contracts.contracts)
    say(f"{len(contracts.contracts)} contracts with {lines} lines, and no mistake.")


@app.command("try")
@in_one_line
def try_contracts(
    file: ContractsFile,
    amount: Annotated[str, typer.Option(help="What is paid, such as 100.00.")],
    currency: Annotated[str, typer.Option(help="ISO 4217, such as EUR.")],
    method: Annotated[PaidMethod, typer.Option(help="How it is paid.")] = PaidMethod.CARD,
    brand: Annotated[str | None, typer.Option(help="The card's, such as visa.")] = None,
    region: Annotated[Region, typer.Option(help="Where the card is from.")] = Region.UNKNOWN,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day; else today.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what each account may charge for a payment, by a file."""
    contracts = files.read(file)
    paid = money(f"{amount} {currency.upper()}", "--amount")
    day = (on or clock.now()).date()
    asked = tables.Asked(paid, method, brand, region, day)
    if not as_json:
        console().print(tables.fees_table(contracts, asked))
        return
    kind, fees = (method, brand, region, paid.currency), {}
    for place in contracts.places():
        held = contracts.holding(*place, day)
        line = next((one for one in held.fees if one.fits(*kind)), None) if held else None
        fee = held.fee_minor(line, Charge(paid.amount_minor)) if held and line else None
        fees["/".join(place)] = fee
    print_json({"day": day, "fee_minor": fees, "currency": paid.currency})


@app.command("save")
@in_one_line
def save(file: ContractsFile, as_json: AsJson = False) -> None:
    """Save all contracts as their next version; reports closed from now on go by it."""
    document = files.content(file)
    files.read(file)
    saved = files.opened()
    try:
        with unlogged():
            kept = save_contracts(document, saved, operator(), lambda: WAIT_S)
    except Unreadable as refused:
        files.refuse(file, refused)
    if as_json:
        print_json(kept)
    elif kept.is_new:
        say(
            f"Version {kept.contracts.version} is saved: {len(kept.contracts.contracts)} contracts."
        )
    else:
        say("The newest version says the same already; nothing was saved.")
