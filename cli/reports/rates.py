"""`kassa rates`: exchange rates, by which reports show all currencies in one."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.acting import operator
from cli.connection import connect_as_merchant
from cli.output import AsJson, console, in_one_line, print_json, say, table
from cli.stack import give_up
from kassa.audit.trail import Actor
from kassa.core.errors import InvalidRequest
from kassa.core.money import EVERY_CURRENCY
from kassa.core.periods import day_of
from kassa.platform import clock
from kassa.platform.settings import settings
from kassa.reports.rates.ecb import read_ecb
from kassa.reports.rates.rates import EURO, DayRates
from kassa.reports.rates.store import SavedRates

app = typer.Typer(no_args_is_help=True, help="Exchange rates of reports: import, enter, show.")
Day = Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], metavar="DAY")]
NOT_CURRENCIES = ("XTS", "XXX")  # of ISO 4217: for tests, and where there is none
MONTHS_KEPT = 24  # of a history that goes back to 1999, unless more is asked for


@app.command("import")
@in_one_line
def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The ECB's file, CSV or XML.")],
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The first day, else two years ago."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Import reference rates as the ECB publishes them: eurofxref, its CSV or XML."""
    try:
        days = read_ecb(file.read_text("utf-8"))
    except OSError as error:
        give_up(f"{file} can't be read: {error.strerror}")
    except UnicodeDecodeError:
        give_up(f"{file} can't be read: it isn't text in UTF-8")
    except InvalidRequest as error:
        give_up(f"{file}: {error}")
    first = since.date() if since else _years_ago(clock.now().astimezone(UTC).date())
    chosen = [one for one in days if one.day >= first]
    if not chosen:
        give_up(f"{file} has no day since {first}; its last is {days[-1].day}.")
    saved, by = _opened()
    changed = saved.add(chosen, by)
    span = (str(chosen[0].day), str(chosen[-1].day))
    if as_json:
        print_json({"days": len(chosen), "first": span[0], "last": span[1], "months": changed})
        return
    new = f"{changed} months have a version more" if changed else "all of them were known"
    say(f"{len(chosen)} days of rates, {span[0]} to {span[1]}: {new}.")


@app.command("enter")
@in_one_line
def enter(
    day: Day,
    currency: Annotated[str, typer.Argument(metavar="CURRENCY", help="ISO 4217, such as USD.")],
    rate: Annotated[str, typer.Argument(metavar="RATE", help="Units of it per euro: 1.0562.")],
    source: Annotated[str, typer.Option(help="Who states it: your bank, a tax office.")],
    as_json: AsJson = False,
) -> None:
    """Enter a rate of a day; it counts instead of what was known of that day."""
    name = currency.upper()
    if name not in EVERY_CURRENCY or name in (EURO, *NOT_CURRENCIES):
        raise typer.BadParameter(f"{currency} is no ISO 4217 currency beside the euro.")
    if not (stated_by := source.strip()):
        raise typer.BadParameter("--source: say who states it, such as your bank.")
    try:
        new = DayRates(day=day.date(), source=stated_by, per_euro={name: rate})
    except ValueError:
        raise typer.BadParameter(f"{rate} is no rate: write it as 1.0562.") from None
    if not float(rate):
        raise typer.BadParameter("A rate is above zero.")
    saved, by = _opened()
    if new.day > (today := day_of(clock.now(), settings().merchant_time_zone)):
        give_up(f"{new.day} is still to come: a rate is of today, {today}, or of before.")
    is_new = bool(saved.add([new], by))
    if as_json:
        print_json({"is_new": is_new, "rate": new})
    else:
        say(
            f"1 EUR = {rate} {name} on {new.day}, by {stated_by}: {'saved' if is_new else 'known'}."
        )


@app.command("show")
@in_one_line
def show(day: Day, as_json: AsJson = False) -> None:
    """Show the rates that a report whose last day this is converts by."""
    connect_as_merchant()
    found = SavedRates(settings().merchant_id).on(day.date())
    if as_json:
        print_json(found)
        return
    if not found:
        say(f"There is no rate on {day.date()} or in the week before: 'kassa rates import FILE'.")
        return
    shown = table("Units per euro", ["Currency", "Rate>", "Day", "Source"])
    for currency, quote in found.items():
        shown.add_row(currency, quote.per_euro, str(quote.day), quote.source)
    console().print(shown)


def _opened() -> tuple[SavedRates, Actor]:
    stack = connect_as_merchant()
    return SavedRates(settings().merchant_id), operator(stack)


def _years_ago(day: date) -> date:
    return day.replace(day=1, year=day.year - MONTHS_KEPT // 12)
