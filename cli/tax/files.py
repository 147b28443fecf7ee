"""Sheets of rates, and the rates that are saved: what the commands about tax begin with."""

from pathlib import Path

from cli.connection import connect_as_merchant
from cli.output import console
from cli.stack import give_up
from infra.stack import Stack
from kassa.platform import clock
from kassa.platform.settings import settings
from kassa.taxes.rates import Rate, TaxRates
from kassa.taxes.sheet import HEAD_ROW, Read, checked, read_sheet
from kassa.taxes.store import SavedRates

STARTER = Path(__file__).with_name("starter.csv")


def opened() -> SavedRates:
    """Return the merchant's rates, and connect to their stack."""
    return connected()[1]


def connected() -> tuple[Stack, SavedRates]:
    """Return the merchant's stack and rates."""
    stack = connect_as_merchant()
    return stack, SavedRates(settings().merchant_id)


def read(file: Path) -> Read:
    """Return a sheet's rates with all there is to say of them."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        give_up(f"{file} can't be opened: {getattr(error, 'strerror', None) or error}")
    return checked(read_sheet(text), clock.now().date())


def of_saved(saved: TaxRates) -> Read:
    """Return saved rates likewise; their rows are those of 'kassa tax rates list --csv'."""
    rates = dict(enumerate(saved.rates, HEAD_ROW + 1))
    return checked(Read(rates, []), clock.now().date())


def sound(file: Path, read_rates: Read) -> tuple[Rate, ...]:
    """Return a sheet's rates; where it has errors, all are listed, one a line, and that is all."""
    errors = [one for one in read_rates.findings if one.is_error]
    if not errors and read_rates.rates:
        return tuple(read_rates.rates.values())
    for one in errors:
        console().print(str(one), style="red", markup=False, soft_wrap=True)
    count = f"{len(errors)} error{'s' if len(errors) > 1 else ''}" if errors else "no rates"
    give_up(f"{file} has {count}")


def starter() -> tuple[Rate, ...]:
    """Return the rates that ship with the command line: to be checked, never used by themselves."""
    return tuple(read_sheet(STARTER.read_text(encoding="utf-8")).rates.values())
