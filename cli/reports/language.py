"""`kassa report language`: the language that reports are written in."""

from typing import Annotated

import typer

from cli.acting import operator
from cli.connection import connect_as_merchant
from cli.output import AsJson, in_one_line, print_json, say
from kassa.platform.settings import settings
from kassa.reports.localization import LANGUAGES, Texts
from kassa.reports.rates import store


@in_one_line
def language(
    chosen: Annotated[
        str | None, typer.Argument(metavar="LANGUAGE", help=f"One of {', '.join(LANGUAGES)}.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show or choose the language of reports that are closed from now on."""
    if chosen is not None and chosen not in LANGUAGES:
        raise typer.BadParameter(f"{chosen} isn't one of {', '.join(LANGUAGES)}.")
    stack = connect_as_merchant()
    merchant_id = settings().merchant_id
    before = store.language(merchant_id) or Texts(settings().merchant_language).language
    is_new = chosen is not None and chosen != before
    if chosen is not None and is_new:
        store.save_language(merchant_id, chosen, operator(stack))
    now = chosen or before
    if as_json:
        print_json({"language": now, "is_new": is_new})
    elif is_new:
        say(f"Reports that are closed from now on are written in {now}; closed ones stay.")
    else:
        say(f"Reports are written in {now}.")
