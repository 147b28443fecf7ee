"""`kassa disputes`: which are open and until when, and what becomes of them.

Reading goes to the table, as the operator; whatever is submitted goes through the API with a
person's own key, since who answers is known by it.
"""

import base64
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from cli.api import ApiKey, call
from cli.connection import connect_as_merchant
from cli.output import AsJson, amount, console, in_one_line, instant, print_json, say
from cli.whole_numbers import between
from kassa.core import stored
from kassa.core.errors import InvalidRequest
from kassa.disputes.dispute import DisputeView
from kassa.disputes.store import Disputes
from kassa.gateways.disputes.evidence import EvidenceKind
from kassa.platform.index_pages import PageRequest
from kassa.platform.settings import settings

app = typer.Typer(
    no_args_is_help=True, help="Disputes: list, show, add a file, answer once, accept."
)

Named = Annotated[
    str, typer.Argument(metavar="DISPUTE", help="Gateway, account and id: stripe/main/du_1.")
]
Limit = Annotated[int, typer.Option(**between(1, 100), help="How many at most.")]


@app.command("list")
@in_one_line
def listed(
    closed: Annotated[bool, typer.Option("--closed", help="Those that have ended.")] = False,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List open disputes, the first due first, or those that have ended."""
    connect_as_merchant()
    disputes, request = Disputes(settings().merchant_id), PageRequest(None, limit)
    page = disputes.closed(request) if closed else disputes.open(request)
    if as_json:
        print_json(page.disputes)
        return
    if not page.disputes:
        console().print("No dispute has ended." if closed else "No dispute is open.")
    for one in page.disputes:
        say(f"{one.path}  {amount(one.amount)}  {one.category}  {_due(one)}  {_state(one)}")


@app.command("show")
@in_one_line
def show(dispute: Named, key: ApiKey = None, as_json: AsJson = False) -> None:
    """Show a dispute, and what would be submitted of it now."""
    answer = call("GET", _path(dispute), None, key)
    print_json(answer) if as_json else _print(answer)


@app.command("add-file")
@in_one_line
def add_file(
    dispute: Named,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="What to add.")],
    kind: Annotated[EvidenceKind, typer.Option(help="What it shows.")] = EvidenceKind.OTHER,
    key: ApiKey = None,
) -> None:
    """Add a file to what is submitted."""
    content = base64.b64encode(file.read_bytes()).decode()
    body = {"file": {"name": file.name, "kind": kind, "content_base64": content}}
    _print(call("POST", f"{_path(dispute)}/files", body, key))


@app.command("answer")
@in_one_line
def answer(
    dispute: Named,
    statement: Annotated[str, typer.Option(help="What you say, in English.")] = "",
    carrier: Annotated[str, typer.Option(help="Who carried it.")] = "",
    tracking: Annotated[str, typer.Option(help="The carrier's number of it.")] = "",
    shipped: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="When it was shipped.")
    ] = None,
    refund_policy: Annotated[str, typer.Option(help="Your policy's text.")] = "",
    defense_reason: Annotated[str | None, typer.Option(help="Adyen's code of a reason.")] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Only show what would go.")] = False,
    key: ApiKey = None,
    as_json: AsJson = False,
) -> None:
    """Submit all evidence, once; with --preview nothing leaves."""
    given: dict[str, Any] = {
        "statement": statement,
        "carrier": carrier,
        "tracking_number": tracking,
        "shipped_on": f"{shipped:%Y-%m-%d}" if shipped else None,
        "refund_policy": refund_policy,
        "defense_reason": defense_reason,
    }
    body = {name: value for name, value in given.items() if value}
    action = "preview" if preview else "answer"
    answered = call("POST", f"{_path(dispute)}/{action}", body, key)
    print_json(answered) if as_json else _print(answered)


@app.command("accept")
@in_one_line
def accept(dispute: Named, key: ApiKey = None, as_json: AsJson = False) -> None:
    """Give a dispute up, for good: the customer keeps the money."""
    answered = call("POST", f"{_path(dispute)}/accept", {}, key)
    print_json(answered) if as_json else _print(answered)


def _path(dispute: str) -> str:
    """Return where a dispute is in the API; raise InvalidRequest for what names none."""
    parts = dispute.split("/", 2)
    if len(parts) != 3 or not all(parts):
        raise InvalidRequest("name a dispute as gateway/account/id, such as stripe/main/du_1")
    return "/disputes/" + "/".join(quote(one, safe="") for one in parts)


def _print(answer: dict[str, Any]) -> None:
    dispute = stored.read(DisputeView, answer["dispute"])
    say(f"{dispute.path}  {amount(dispute.amount)}  {dispute.category}")
    say(f"  {_due(dispute)}, {_state(dispute)}")
    for one in dispute.files:
        say(f"  file {one.name} ({one.kind}, {one.size:,} bytes)")
    evidence = answer.get("evidence") or {}
    for part in evidence.get("parts", ()):
        say(f"  {part['section']}")
        for sentence in part["sentences"]:
            say(f"    {sentence}")
    for one in evidence.get("problems", ()):
        say(f"  ! {one}")


def _due(dispute: DisputeView) -> str:
    if dispute.evidence_due_by is None:
        return "no deadline known"
    return f"due by {instant(dispute.evidence_due_by)} UTC"


def _state(dispute: DisputeView) -> str:
    return f"{dispute.standing}, answer {dispute.answer}"
