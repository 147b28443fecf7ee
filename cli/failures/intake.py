"""`kassa intake`: which webhooks were refused, and why; a few a minute are kept for seven days.

Headers that prove something are kept masked, and other headers by their names alone. A body is
whatever a stranger sent: it is shown without what could steer a terminal.
"""

import base64
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Annotated, Any

import typer
from rich.markup import escape

from cli.output import AsJson, console, in_one_line, instant, keep_whole, print_json, table
from cli.stack import current
from cli.whole_numbers import between
from infra.stack import Stack
from kassa.core.errors import InvalidRequest, NotFound
from kassa.intake.refused_requests import KEPT_FOR, PREFIX
from kassa.platform import clock

app = typer.Typer(no_args_is_help=True, help="Refused webhooks: list, show.")

SHOWN_MAX = 2000  # characters of a body
_ID = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})T[0-9]{6}-[0-9a-f]{8}")
_KEY = re.compile(rf"{PREFIX}[^/]+/({_ID.pattern})-([a-z]+)-([0-9]+)\.json")
_SINCE = re.compile(r"([0-9]{1,4})([mhd])")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


@app.command("list")
@in_one_line
def listed(
    refused: Annotated[
        bool, typer.Option("--refused", help="Those that were refused: no others are kept.")
    ] = True,
    gateway: Annotated[str | None, typer.Option(help="Only this gateway's.")] = None,
    since: Annotated[str, typer.Option(help="How far back: 30m, 2h, 7d.")] = "1d",
    limit: Annotated[int, typer.Option(**between(1, 1000), help="How many at most.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List refused webhooks, the newest first."""
    stack, after = current(), clock.now() - _ago(since)
    keys = _keys(stack, after, gateway)
    found = [one for one in (_read(stack, key) for key in islice(keys, limit)) if one]
    if as_json:
        print_json([{name: one[name] for name in one if name != "body"} for one in found])
        return
    shown = table("Refused webhooks", ["Refused (UTC)", "At", "Said>", "Why", "Id"])
    for one in found:
        where = escape(_printable(f"{one['gateway']}/{one['account']}"[:40]))
        at = instant(datetime.fromisoformat(one["at"]))
        reason = escape(_printable(one["reason"]))
        shown.add_row(at, where, str(one["status"]), reason, one["refused_id"])
    none = f"No refused webhook is kept of the last {since}: the function's log has every refusal."
    console().print(keep_whole(shown, "Id") if found else none)


@app.command("show")
@in_one_line
def show(
    refused_id: Annotated[str, typer.Argument(help="As the list or the log names it.")],
    as_json: AsJson = False,
) -> None:
    """Show a refused webhook: why, the headers that matter, and its body."""
    stack, named = current(), _ID.fullmatch(refused_id)
    if named is None:
        raise InvalidRequest(f"{refused_id} is no id of a refused webhook")
    prefix = f"{PREFIX}{'-'.join(named.groups())}/{refused_id}-"
    keys = [one["Key"] for one in _objects(stack, prefix)]
    one = _read(stack, keys[0]) if keys else None
    if one is None:
        raise NotFound(
            f"no refused webhook {refused_id} is kept; they are for {KEPT_FOR.days} days"
        )
    body = base64.b64decode(one["body"]).decode("utf-8", "replace")
    if as_json:
        print_json(one | {"body": body})
        return
    _print(one, body)


def _print(one: dict[str, Any], body: str) -> None:
    screen = console()
    fields = table(f"Refused webhook {one['refused_id']}", ["What", "Said"])
    rows = {
        "refused at": f"{instant(datetime.fromisoformat(one['at']))} UTC",
        "url": f"/webhooks/{one['gateway']}/{one['account']}",
        "answered": f"{one['status']}: {one['reason']}",
        "body": f"{one['size']} characters" + (", base64" if one["is_base64"] else ""),
        **one["headers"],
        "other headers": ", ".join(one["other_headers"]),
        "in the query": ", ".join(one["query_names"]),
    }
    for name, value in rows.items():
        if value:
            fields.add_row(name, escape(_printable(str(value))))
    screen.print(fields)
    screen.print(escape(_printable(body[:SHOWN_MAX])), soft_wrap=False)
    if one["is_cut"] or len(body) > SHOWN_MAX:
        screen.print(f"[dim]… cut; --json has the first {len(body)} of {one['size']}[/dim]")


def _ago(since: str) -> timedelta:
    found = _SINCE.fullmatch(since)
    if found is None:
        raise InvalidRequest(f"since: {since} is no time back; say 30m, 2h or 7d")
    return min(int(found[1]) * _UNITS[found[2]], KEPT_FOR)


def _keys(stack: Stack, after: datetime, gateway: str | None) -> Iterator[str]:
    """Yield the keys of what was refused after an instant, the newest first."""
    today = clock.now().date()
    for back in range((today - after.date()).days + 1):
        day = (today - timedelta(days=back)).isoformat()
        keys = sorted((one["Key"] for one in _objects(stack, f"{PREFIX}{day}/")), reverse=True)
        yield from (key for key in keys if _is_meant(key, after, gateway))


def _is_meant(key: str, after: datetime, gateway: str | None) -> bool:
    named = _KEY.fullmatch(key)
    if named is None or (gateway and named[5] != gateway):
        return False
    at = datetime.strptime(named[1][:15], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    return at >= after.replace(microsecond=0)


def _objects(stack: Stack, prefix: str) -> Iterator[dict[str, Any]]:
    pages = stack.client("s3").get_paginator("list_objects_v2")
    for page in pages.paginate(Bucket=stack.bucket, Prefix=prefix):
        yield from page.get("Contents", [])


def _read(stack: Stack, key: str) -> dict[str, Any] | None:
    """Return what is kept under a key; none where it expired between listing and reading."""
    s3, named = stack.client("s3"), _KEY.fullmatch(key)
    try:
        refused = json.loads(s3.get_object(Bucket=stack.bucket, Key=key)["Body"].read())
    except s3.exceptions.NoSuchKey:
        return None
    return {"refused_id": named[1] if named else key, **refused}


def _printable(text: str) -> str:
    """Return a stranger's text without what could steer a terminal."""
    kept = (
        one if one.isprintable() or one == "\n" else "\N{REPLACEMENT CHARACTER}" for one in text
    )
    return "".join(kept)
