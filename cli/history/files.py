"""A past from a CSV, where no API has it: read here in full, and then queued like any event.

Adyen's settlement reports are taken as they are, others by the account's mapping. A row is named by
what it says, so that a file that comes again books nothing again.
"""

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import typer
from rich.markup import escape

from cli.acting import acting
from cli.connection import resend_clients
from cli.history.doors import Whose, empty_delivery, list_file, not_connected
from cli.history.rows import Shape, lines_of, shaped, spelled
from cli.output import print_json, say
from infra.stack import Stack
from kassa.core.errors import InvalidRequest, UnknownGateway, UnreadableEvent
from kassa.gateways import read
from kassa.gateways.adyen.history import rows_of_report
from kassa.gateways.events import Delivery, Ignored
from kassa.intake import deliveries
from kassa.platform import aws, secrets

SHOWN_MAX = 50


class Row(NamedTuple):
    """A row as it will be queued, and the line it stands on."""

    line: int
    body: bytes
    delivery: Delivery
    extra: int = 0  # cells in no column, so that those before may stand under a wrong one


class Finding(NamedTuple):
    """Why a row can't be read."""

    line: int
    text: str


def import_file(
    stack: Stack,
    whose: Whose,
    what: tuple[Path, list[str], list[str]],
    how: tuple[bool, bool, bool],
) -> None:
    """Queue the rows of a file; none while any can't be read, unless that is said.

    `what` is the file with its columns and constants, as the options spell them.
    """
    (file, *spelling), (valid_rows, dry_run, as_json) = what, how
    shape = Shape.of(*spelling)
    door = empty_delivery(stack, whose)
    rows = list(_rows(whose, door, file.read_bytes(), shape))
    wrong = list(_wrong(rows))
    lines = {one.line for one in wrong}
    fit = [one.delivery for one in rows if one.line not in lines]
    is_stopped = dry_run or (bool(wrong) and not valid_rows)
    listed = partial(list_file, whose, file, (len(rows), len(lines)), door.received_at)
    queued = 0 if is_stopped else _queue(stack, whose, fit, listed)
    if as_json:
        print_json({"rows": len(rows), "queued": queued, "findings": [o._asdict() for o in wrong]})
    else:
        _say(len(fit), queued, wrong)
    if wrong:
        raise typer.Exit(1)


def _rows(whose: Whose, door: Delivery, content: bytes, shape: Shape) -> Iterator[Row]:
    if whose.gateway == "adyen":
        try:
            access = secrets.api_access(whose.gateway, whose.account)
        except UnknownGateway:
            raise not_connected(whose.gateway, whose.account) from None
        begun = access.model_copy(update={"opened_at": door.opened_at})
        for number, body in enumerate(rows_of_report(content, begun), start=1):
            yield Row(number, body, _filled(door, body))
        return
    if whose.gateway != "standard":
        raise InvalidRequest(f"--file: {whose.gateway} has an API; say --from alone")
    shape = spelled(shape, whose)
    seen = Counter[str]()
    for line in lines_of(content, shape):
        body = json.dumps(shaped(line.cells, shape), sort_keys=True).encode()
        name = hashlib.sha256(body).hexdigest()[:20]
        seen[name] += 1
        delivery = _filled(door, body, f"csv-{name}-{seen[name]}")
        yield Row(line.number, body, delivery, line.extra)


def _filled(door: Delivery, body: bytes, delivery_id: str | None = None) -> Delivery:
    fields = {"body_base64": base64.b64encode(body).decode(), "delivery_id": delivery_id}
    return door.model_copy(update=fields)


def _wrong(rows: Iterable[Row]) -> Iterator[Finding]:
    """Read each row as it will be read once it is booked, and say what can't be."""
    for row in rows:
        if row.extra:
            yield Finding(row.line, "more cells than columns: is a text with separators unquoted?")
            continue
        try:
            event = read.read(row.body, row.delivery)
        except UnreadableEvent as error:
            yield Finding(row.line, str(error))
            continue
        if isinstance(event, Ignored):
            yield Finding(row.line, f"no rule of the mapping is about {event.gateway_type}")


def _queue(stack: Stack, whose: Whose, fit: list[Delivery], listed: Callable[[], str]) -> int:
    with acting(stack, "history.import", f"gateway/{whose.gateway}/{whose.account}", "file"):
        aws.install(resend_clients(stack) | {"dynamodb": stack.client("dynamodb")})
        named = {"import_id": listed()}
        return deliveries.queue_deliveries(one.model_copy(update=named) for one in fit)


def _say(fit: int, queued: int, wrong: list[Finding]) -> None:
    for one in wrong[:SHOWN_MAX]:
        say(f"line {one.line}: {escape(one.text)}", style="red")
    if len(wrong) > SHOWN_MAX:
        say(f"… and {len(wrong) - SHOWN_MAX} more", style="red")
    rows = "1 row" if fit == 1 else f"{fit:,} rows"
    say(f"{queued:,} queued." if queued else f"{rows} can be read; nothing was queued.")
