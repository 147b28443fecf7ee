"""`kassa tax rates`: list, save and check the rates of tax, and a table to start from."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.acting import operator
from cli.output import AsJson, in_one_line, instant, print_json, say
from cli.stack import give_up
from cli.tax import files, tables
from kassa.platform import clock
from kassa.taxes.rates import TaxRates
from kassa.taxes.sheet import as_sheet

app = typer.Typer(no_args_is_help=True, help="Tax: its rates (list, save, check, starter).")
rates = typer.Typer(no_args_is_help=True, help="Rates as data: each with its days and its source.")
app.add_typer(rates, name="rates")

Sheet = Annotated[Path, typer.Argument(metavar="FILE", help="The rates, as CSV.")]
Country = Annotated[str | None, typer.Option(help="Only this country's, such as FI.")]
ADVICE = (
    "Kassa gives no tax advice. Have a person who may decide it check each row against its source,"
    " and say which class each product belongs to."
)


@rates.command("list")
@in_one_line
def listed(
    country: Country = None,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only what holds on that day.")
    ] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print a sheet that can be saved.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the rates saved last."""
    saved = files.opened().newest()
    shown = [one for one in saved.rates if country is None or one.country == country.upper()]
    shown = [one for one in shown if on is None or one.holds_on(on.date())]
    if as_json:
        print_json(saved.model_copy(update={"rates": tuple(shown)}))
    elif as_csv:
        typer.echo(as_sheet(shown), nl=False)
    elif saved.saved_at is None:
        say("No rates are saved: 'kassa tax rates starter --country FI' prints some to check.")
    else:
        say(f"Version {saved.version}, saved {instant(saved.saved_at)} UTC.")
        tables.print_rates(shown)


@rates.command("save")
@in_one_line
def save(file: Sheet, as_json: AsJson = False) -> None:
    """Save rates as the next version; orders that come from now on are taxed by them."""
    read = files.read(file)
    stack, saved = files.connected()
    newest = saved.newest()
    sound = files.sound(file, read)
    is_new = newest.rates != sound
    version = newest.version + 1
    if is_new:
        saved.save(TaxRates(version=version, saved_at=clock.now(), rates=sound), operator(stack))
    if as_json:
        doubts = [one._asdict() for one in read.findings]
        print_json({"is_new": is_new, "version": version if is_new else newest.version,
                    "findings": doubts})  # fmt: skip
        return
    tables.print_findings(read.findings)
    if is_new:
        say(f"Version {version} is saved: {len(sound)} rates, for orders that come from now on.")
        say(ADVICE)
    else:
        say("The newest version says the same already; nothing was saved.")


@rates.command("check")
@in_one_line
def check(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="CSV; without one, the rates saved last.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what is wrong or doubtful, by row and column; exit with 1 if it can't be saved."""
    read = files.read(file) if file else files.of_saved(files.opened().newest())
    if as_json:
        print_json({"findings": [one._asdict() for one in read.findings]})
    else:
        tables.print_findings(read.findings)
    files.sound(file or Path("what is saved"), read)
    if not as_json:
        say(f"{len(read.rates)} rates without an error.")
        say(ADVICE)


@rates.command("starter")
@in_one_line
def starter(country: Country = None) -> None:
    """Print rates to start from, as CSV: kassa tax rates starter --country FI > rates.csv."""
    shown = [one for one in files.starter() if country is None or one.country == country.upper()]
    if not shown:
        known = ", ".join(sorted({one.country for one in files.starter()}))
        give_up(f"the starter has no rates of {country}; it has {known}")
    typer.echo(as_sheet(shown), nl=False)
    typer.echo(f"# {ADVICE}", err=True)
