"""How refund requests are shown: the queue, a receipt that explains itself, a request's
lifecycle.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from cli.listing import Listing
from cli.output import amount, console, instant, say, table
from cli.people.lookup import who
from cli.policy.tables import OUTCOMES
from cli.refunds.wording import (
    CHANGES,
    STATES,
    deadline,
    input_pair,
    last_why,
    limit,
    money_of,
    progress,
    rule,
    why,
)
from kassa.refunds.decision.rejection import CustomerText
from kassa.refunds.lifecycle.cases import RefundView
from kassa.refunds.lifecycle.lifecycle import RequestState
from kassa.refunds.lifecycle.outcomes import GatewayAnswer
from kassa.refunds.policy.phrases import plain
from kassa.refunds.request.request import DecisionReceipt


def queue_listing(cases: Iterable[RefundView], now: datetime) -> Listing:
    """Show what waits for a person, the most urgent first."""
    columns = ["Due", "Request", "Amount>", "Reason", "Why a person decides"]
    shown = Listing("Waiting for a person", columns, {"Request"})
    for case in cases:
        shown.add_row(
            deadline(case.lifecycle.decide_by, now),
            case.request.refund_request_id,
            amount(case.request.amount),
            plain(case.request.reason),
            "\n".join([last_why(case), *progress(case, now)]),
        )
    return shown


def day_listing(cases: Iterable[RefundView], day: str) -> Listing:
    """Show what was requested on a day, and how it stands."""
    columns = ["At", "Request", "Amount>", "Reason", "Decided by", "Now"]
    shown = Listing(f"Requested on {day} (UTC)", columns, {"Request"})
    for case in cases:
        request = case.request
        shown.add_row(
            f"{request.requested_at:%H:%M:%S}",
            request.refund_request_id,
            amount(request.amount),
            plain(request.reason),
            rule(request.receipt),
            STATES[case.lifecycle.state],
        )
    return shown


def print_case(case: RefundView, now: datetime) -> None:
    """Print a case from what was requested to what became of it, for people."""
    screen, request, lifecycle = console(), case.request, case.lifecycle
    say(f"[bold]{request.refund_request_id}[/bold]  {STATES[lifecycle.state]}")
    whose = [f"{request.payment.gateway}/{request.payment.account}"]
    whose += [f"order {escape(request.order_id)}"] if request.order_id else []
    whose += [f"customer {escape(request.customer_id)}"] if request.customer_id else []
    say(f"[bold]{amount(request.amount)}[/bold] for “{plain(request.reason)}” of the payment")
    say(f"{escape(request.payment.subject_id)} of {', '.join(whose)}")
    if case.comment:
        screen.print(Padding(f"“{escape(case.comment)}”", (0, 2)), style="italic")
    for line in progress(case, now):
        screen.print(line)
    if lifecycle.state is RequestState.ESCALATED:
        screen.print(
            f"Due {deadline(lifecycle.decide_by, now)}. A person decides: {last_why(case)}."
        )
    if lifecycle.reference:
        say(f"The customer's bank finds it by [bold]{escape(lifecycle.reference)}[/bold].")
    _print_receipt(screen, request.receipt)
    _lifecycle_listing(case).print()
    if lifecycle.state is RequestState.ESCALATED:
        screen.print("Next: kassa refunds claim, then approve, reject or ask.", style="dim")


def print_customer_text(text: CustomerText) -> None:
    """Print the text for the customer; Kassa sends them nothing by itself."""
    say(f"To tell the customer ({text.language}); Kassa sends them nothing:", style="dim")
    console().print(Padding(escape(text.text), (0, 2)))


def print_gateway_answer(says: GatewayAnswer) -> None:
    """Print what the gateway says of a refund now."""
    named = f", as {escape(says.refund_id)}" if says.refund_id else ""
    say(f"The gateway says now: {plain(says.answer)}{named}.", style="dim")


def _print_receipt(screen: Any, receipt: DecisionReceipt) -> None:
    screen.print()
    screen.print(
        f"[bold]Decision[/bold]  {OUTCOMES[receipt.decision]}: {rule(receipt)}"
        f" (policy version {receipt.policy_version}){limit(receipt)}"
    )
    for one in receipt.counterfactuals:
        screen.print(Padding(f"· {escape(one.text)}", (0, 2)))
    screen.print(_inputs_table(receipt))
    unknown = [input_pair(name, "")[0] for name, value in receipt.inputs if value is None]
    if unknown:
        screen.print(Padding(f"Not known: {', '.join(unknown)}.", (0, 2, 1, 2)), style="dim")
    if receipt.score_parts:
        shown = table("Risk score", ["Points>", "For", "Because"])
        for part in receipt.score_parts:
            shown.add_row(str(part.points), plain(part.name), escape(part.text))
        screen.print(shown)


def _inputs_table(receipt: DecisionReceipt) -> Table:
    """Show what was known, in two columns of pairs."""
    known = [input_pair(name, value) for name, value in receipt.inputs if value is not None]
    shown = table("What the decision saw", ["", "", "", ""])
    shown.show_header = False
    half = -(-len(known) // 2)
    for number in range(half):
        right = known[half + number] if half + number < len(known) else ("", "")
        shown.add_row(*known[number], *right)
    return shown


def _lifecycle_listing(case: RefundView) -> Listing:
    shown = Listing("Lifecycle", ["At (UTC)", "What", "Amount>", "By", "Why"], {"At (UTC)", "By"})
    for change in case.lifecycle.changes:
        shown.add_row(
            instant(change.at),
            CHANGES.get(change.step, change.step),
            amount(money_of(case, change.amount_minor)),
            who(change.by),
            why(change, case),
        )
    return shown
