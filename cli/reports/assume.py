"""`kassa report assume`: what the report on Kassa's own work assumes of yours."""

import re
from typing import Annotated

import typer
from pydantic import ValidationError

from cli.acting import operator
from cli.connection import connect_as_merchant
from cli.output import AsJson, in_one_line, print_json, say, usage_error
from cli.whole_numbers import between
from kassa.platform.settings import settings
from kassa.reports.automation import store
from kassa.reports.automation.assumptions import HOURS_MAX, MINUTES, Assumptions

_PAIR = re.compile(r"([a-z_]+)=([0-9]{1,4})", re.ASCII)
_KINDS = ", ".join(MINUTES)


@in_one_line
def assume(
    minutes: Annotated[
        list[str] | None,
        typer.Option("--minutes", metavar="KIND=MINUTES", help=f"Of a person, each: {_KINDS}."),
    ] = None,
    decision_hours: Annotated[
        int | None,
        typer.Option(
            **between(0, HOURS_MAX), help="From a refund's request to its decision, before Kassa."
        ),
    ] = None,
    bank_hours: Annotated[
        int | None,
        typer.Option(
            **between(0, HOURS_MAX), help="From the request until the money left, before Kassa."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show or change what 'kassa report ... --report automation' assumes of people."""
    stack = connect_as_merchant()
    merchant_id = settings().merchant_id
    before = store.saved_assumptions(merchant_id)
    hours = {"decision_hours": decision_hours, "bank_hours": bank_hours}
    given = {name: one for name, one in hours.items() if one is not None}
    requested = before.model_dump() | given | {"minutes": before.minutes | _pairs(minutes or [])}
    try:
        now = Assumptions.model_validate(requested)
    except ValidationError as error:
        raise usage_error(error) from error
    is_new = now != before
    if is_new:
        now = store.save_assumptions(merchant_id, now, operator(stack))
    if as_json:
        print_json(now.model_dump(mode="json") | {"is_new": is_new})
        return
    _say(now, is_new)


def _pairs(given: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for pair in given:
        matched = _PAIR.fullmatch(pair)
        if matched is None or matched[1] not in MINUTES:
            raise typer.BadParameter(f"{pair} isn't KIND=MINUTES; a kind is one of {_KINDS}.")
        found[matched[1]] = int(matched[2])
    return found


def _say(now: Assumptions, is_new: bool) -> None:
    say("Reports that are closed from now on assume:" if is_new else "Reports assume:")
    for kind in MINUTES:
        guess = "" if kind in now.minutes else " (Kassa's guess)"
        say(f"  {kind}: {now.minutes_of(kind)} minutes{guess}")
    for name, hours in (("decision", now.decision_hours), ("bank", now.bank_hours)):
        known = f"not said (--{name}-hours)" if hours is None else f"{hours} hours"
        say(f"  refunds until {name} before Kassa: {known}")
