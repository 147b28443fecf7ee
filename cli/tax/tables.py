"""How rates of tax, and what was found in them, look on a screen."""

from collections.abc import Iterable

from cli.output import console, say, table
from kassa.taxes.rates import Rate
from kassa.taxes.sheet import Finding


def print_rates(rates: Iterable[Rate]) -> None:
    """Show rates in the order they were written."""
    shown = table("Tax rates", ["Country", "Class", "Category", "Rate>", "From", "Until"])
    for one in rates:
        until = str(one.valid_until or "")
        rate = f"{one.rate.normalize() + 0:f} %"
        cells = (one.country, one.name, one.category.value, rate, str(one.valid_from), until)
        shown.add_row(*cells)
    console().print(shown)
    say("--csv prints each rate's source too, and the day on which somebody read it there.")


def print_findings(findings: Iterable[Finding]) -> None:
    """Say what is doubtful, by row and column; errors are said by who refuses them."""
    for one in findings:
        if not one.is_error:
            console().print(str(one), style="yellow", markup=False, soft_wrap=True)
