"""The commands of `kassa refunds` that change something: each is one call of the API.

They carry a person's own API key, and say what became of the request in a line or two.
"""

from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import quote

import typer

from cli import ids
from cli.api import ApiKey, call
from cli.connection import connect
from cli.output import AsJson, amount, in_one_line, instant, print_json, say
from cli.refunds.tables import print_case, print_customer_text, print_gateway_answer
from kassa.core import stored
from kassa.platform import clock
from kassa.refunds.decision.rejection import CustomerText, Question, RejectionReason
from kassa.refunds.lifecycle.cases import RefundView, RequestedRefund
from kassa.refunds.lifecycle.lifecycle import RefundLifecycleView, RequestState
from kassa.refunds.lifecycle.outcomes import GatewayAnswer, Resolution
from kassa.refunds.policy.cells import money
from kassa.refunds.policy.inputs import Reason

app = typer.Typer()

Id = Annotated[
    str, typer.Argument(metavar="REQUEST", help="The refund request's id, or how it begins.")
]
Amount = Annotated[
    str | None, typer.Option("--amount", help='As "40.00 EUR"; without it, all there is.')
]


@app.command("request")
@in_one_line
def request(
    reason: Annotated[Reason, typer.Option(help="Why the customer wants money back.")],
    payment: Annotated[
        str | None, typer.Option(help="The gateway's id of the payment or its charge.")
    ] = None,
    order: Annotated[str | None, typer.Option(help="Or the shop's order.")] = None,
    given: Amount = None,
    claim: Annotated[
        str | None, typer.Option(help="Your name for the complaint; one claim is paid once.")
    ] = None,
    comment: Annotated[str, typer.Option(help="The customer's own comment.")] = "",
    gateway: Annotated[
        str | None, typer.Option(help="Whose payment it is; stripe's, or whichever paid the order.")
    ] = None,
    account: Annotated[str | None, typer.Option(help="The gateway account, else main.")] = None,
    key: ApiKey = None,
    as_json: AsJson = False,
) -> None:
    """Ask for a refund; it is decided at once, and the receipt says why."""
    request_body = {"reason": reason, "comment": comment}
    named = {"payment_id": payment, "order_id": order, "claim_id": claim}
    named |= {"gateway": gateway, "account": account}
    body = request_body | {name: value for name, value in named.items() if value} | _amount(given)
    answer = call("POST", "/refunds", body, key)
    if as_json:
        print_json(answer)
    else:
        requested = stored.read(RequestedRefund, answer)
        if requested.repeated:
            say("It was asked for before, and stands as follows. Another refund of the same amount")
            say("or lines needs a --claim of its own.\n")
        connect()  # who asked is shown by name
        print_case(requested, clock.now())


@app.command("claim")
@in_one_line
def claim(refund_request_id: Id, key: ApiKey = None, as_json: AsJson = False) -> None:
    """Take a request to look at; for 15 minutes nobody else decides it."""
    _act("claim", refund_request_id, {}, key, as_json)


@app.command("approve")
@in_one_line
def approve(
    refund_request_id: Id, given: Amount = None, key: ApiKey = None, as_json: AsJson = False
) -> None:
    """Approve a request in full or in part; it says until when that can be undone."""
    _act("approve", refund_request_id, _amount(given), key, as_json)


@app.command("reject")
@in_one_line
def reject(
    refund_request_id: Id,
    reason: Annotated[
        RejectionReason, typer.Option(help="Why; your text for the customer says it.")
    ],
    key: ApiKey = None,
    as_json: AsJson = False,
) -> None:
    """Reject a request for good; prints a text for the customer, in their language."""
    _act("reject", refund_request_id, {"reason": reason}, key, as_json)


@app.command("ask")
@in_one_line
def ask(
    refund_request_id: Id,
    question: Annotated[Question, typer.Option(help="What the customer is asked.")],
    key: ApiKey = None,
    as_json: AsJson = False,
) -> None:
    """Note that the customer is asked something, and print the question for them."""
    _act("ask", refund_request_id, {"question": question}, key, as_json)


@app.command("hand-back")
@in_one_line
def hand_back(refund_request_id: Id, key: ApiKey = None, as_json: AsJson = False) -> None:
    """Leave a request to others."""
    _act("hand-back", refund_request_id, {}, key, as_json)


@app.command("undo")
@in_one_line
def undo(refund_request_id: Id, key: ApiKey = None, as_json: AsJson = False) -> None:
    """Take an approval back before it is submitted to the gateway."""
    _act("undo", refund_request_id, {}, key, as_json)


@app.command("resolve")
@in_one_line
def resolve(
    refund_request_id: Id,
    outcome: Annotated[Resolution, typer.Option("--as", help="What became of it.")],
    reason: Annotated[str, typer.Option(help="How you know; kept with the request.")],
    key: ApiKey = None,
    as_json: AsJson = False,
) -> None:
    """End a refund whose outcome is unknown; what the gateway contradicts is refused."""
    body = {"outcome": outcome, "note": reason}
    _act("resolve", refund_request_id, body, key, as_json)


def _act(
    action: str, refund_request_id: str, body: dict[str, Any], key: str | None, as_json: bool
) -> None:
    named = ids.refund_request(refund_request_id)
    answer = call("POST", f"/refunds/{quote(named, safe='')}/{action}", body, key)
    if as_json:
        print_json(answer)
        return
    case = stored.read(RefundView, answer["case"])
    line = _approved(case) if action == "approve" else _LINES[action](case)
    say(f"[bold]{case.request.refund_request_id}[/bold]  {line}")
    if answer.get("gateway_status"):
        print_gateway_answer(stored.read(GatewayAnswer, answer["gateway_status"]))
    if answer.get("customer_text"):
        print_customer_text(stored.read(CustomerText, answer["customer_text"]))


def _claimed(case: RefundView) -> str:
    until = instant(case.lifecycle.lease.until) if case.lifecycle.lease else "–"
    return f"is yours until {until} UTC: approve, reject, ask, or hand it back."


def _approved(case: RefundView) -> str:
    lifecycle = case.lifecycle
    approved = amount(
        case.request.amount.model_copy(update={"amount_minor": lifecycle.approved_minor})
    )
    if lifecycle.state is RequestState.ESCALATED:
        return f"{approved} is noted; so much needs a second person, who approves the same."
    if lifecycle.state is RequestState.APPROVED:
        return f"{approved} is [green]approved[/green]; {_undo(lifecycle)}."
    return f"{approved} was approved before and is {lifecycle.state} by now."


def _undo(lifecycle: RefundLifecycleView) -> str:
    """Say until when an approval can be taken back; a policy may leave no time for it."""
    if lifecycle.not_before is None or lifecycle.not_before <= clock.now():
        return "it goes to the gateway now and can't be undone"
    return f"it can be undone until {instant(lifecycle.not_before)} UTC"


def _sent_question(case: RefundView) -> str:
    until = f" until {instant(case.lifecycle.decide_by)} UTC" if case.lifecycle.decide_by else ""
    return f"waits for the customer's answer, whom you write to; a person decides{until}."


def _resolved(case: RefundView) -> str:
    lifecycle = case.lifecycle
    if lifecycle.resolution:
        return (
            f"is noted as {lifecycle.resolution}; so much needs a second person, who says the same."
        )
    if lifecycle.state is RequestState.PAID:
        return "is [green]paid[/green]."
    rest = "" if lifecycle.state is RequestState.REJECTED else "; a person decides anew"
    return f"wasn't paid, and what was reserved is free again{rest}."


_LINES: dict[str, Callable[[RefundView], str]] = {
    "claim": _claimed,
    "reject": lambda case: "is [red]rejected[/red] for good.",
    "ask": _sent_question,
    "hand-back": lambda case: "is left to others.",
    "undo": lambda case: "isn't approved any more; a person decides.",
    "resolve": _resolved,
}


def _amount(given: str | None) -> dict[str, Any]:
    """Return an amount as the API takes it: exact, in minor units."""
    return money(given, "--amount").model_dump() if given else {}
