"""The commands of `kassa payments` that enter something: each is one call of the API.

They carry a person's own API key, by which the audit trail knows who entered it.
"""

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote

import typer

from cli.api import ApiKey, ask
from cli.output import AsJson, amount, in_one_line, instant, print_json, say
from cli.stack import give_up
from kassa.billing.manual_payments.bodies import EnteredPayment
from kassa.core import stored
from kassa.core.errors import InvalidRequest
from kassa.core.money import Money
from kassa.gateways.manual.entries import EntryMethod, ReversalReason
from kassa.refunds.policy.cells import money

app = typer.Typer()

PATH = "/payments/manual"
Entered = Annotated[str, typer.Argument(metavar="PAYMENT", help="The payment's id: mp_…")]
Name = Annotated[
    str | None, typer.Option("--name", help="Your own name for it: under one name it is one.")
]
Again = Annotated[
    bool, typer.Option("--again", help="It is another, though alike to one of the same day.")
]


def _day(help_text: str) -> Any:
    return typer.Option("--on", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help=help_text)


@app.command("enter")
@in_one_line
def enter(
    method: Annotated[EntryMethod, typer.Option(help="How it came in.")],
    given: Annotated[str, typer.Option("--amount", help="In the currency's own digits: 12.90.")],
    currency: Annotated[str, typer.Option(help="ISO 4217, such as EUR.")],
    account: Annotated[str, typer.Option(help="The till's or bank account's name: till-1.")],
    order: Annotated[str | None, typer.Option(help="The order that it pays.")] = None,
    invoice: Annotated[str | None, typer.Option(help="Or the invoice: 2026-00000001.")] = None,
    on: Annotated[datetime | None, _day("Your day on which it came in; now, if none.")] = None,
    reference: Annotated[
        str | None, typer.Option(help="The slip's or cheque's; never a person's name.")
    ] = None,
    name: Name = None,
    again: Again = False,
    key: ApiKey = None,
    as_json: AsJson = False,
) -> None:
    """Enter a payment that came in past every gateway; it is booked within seconds."""
    body = {"method": method, "account": account} | _amount(f"{given} {currency}")
    named = {"order_id": order, "invoice_number": invoice, "reference": reference}
    body |= _fields(named | {"entry_id": name, "received_on": _written(on)}, again)
    _say(_sent(PATH, body, key), "is entered", as_json)


@app.command("apply")
@in_one_line
def apply(
    payment_id: Entered,
    invoice: Annotated[str, typer.Option(help="The invoice that it pays: 2026-00000001.")],
    key: ApiKey = None,
    as_json: AsJson = False,
) -> None:
    """Say which invoice a payment pays that was entered for nothing yet."""
    path = f"{PATH}/{quote(payment_id, safe='')}/apply"
    _say(_sent(path, {"invoice_number": invoice}, key), "is applied", as_json)


@app.command("give-back")
@in_one_line
def give_back(
    payment_id: Entered,
    given: Annotated[
        str | None, typer.Option("--amount", help='As "4.00 EUR"; without it, all that is left.')
    ] = None,
    on: Annotated[datetime | None, _day("Your day on which it was given; now, if none.")] = None,
    name: Name = None,
    again: Again = False,
    key: ApiKey = None,
    as_json: AsJson = False,
) -> None:
    """Say that you gave money of an entered payment back, by hand."""
    body = _amount(given) | _fields({"entry_id": name, "given_on": _written(on)}, again)
    path = f"{PATH}/{quote(payment_id, safe='')}/refund"
    _say(_sent(path, body, key), "is given back in part or whole", as_json)


@app.command("reverse")
@in_one_line
def reverse(
    payment_id: Entered,
    reason: Annotated[ReversalReason, typer.Option(help="Why it is none any more.")],
    on: Annotated[datetime | None, _day("Your day on which it bounced; now, if none.")] = None,
    key: ApiKey = None,
    as_json: AsJson = False,
) -> None:
    """Take an entered payment back whole, for good: it bounced, or was a mistake."""
    body = {"reason": reason} | _fields({"reversed_on": _written(on)}, again=False)
    path = f"{PATH}/{quote(payment_id, safe='')}/reverse"
    _say(_sent(path, body, key), "is reversed", as_json)


def _sent(path: str, body: dict[str, Any], key: str | None) -> dict[str, Any]:
    """Return the API's answer; what it refuses is said by our option's name."""
    answer = ask("POST", path, body, key)
    if answer.refusal is not None:
        give_up(answer.refusal.replace("is_repeat: ", "--again: ", 1))
    return answer.fields


def _say(answer: dict[str, Any], what: str, as_json: bool) -> None:
    if as_json:
        print_json(answer)
        return
    payment = stored.read(EnteredPayment, answer)
    left = payment.amount.model_copy(update={"amount_minor": payment.left_minor})
    of = payment.invoice_number or payment.order_id
    pays = f" for {of}" if of else ", applied to nothing yet"
    say(f"[bold]{payment.payment_id}[/bold] {what}: {payment.method} at {payment.account}{pays}")
    say(f"{amount(payment.amount)} of {instant(payment.received_at)} UTC")
    say(f"{amount(left)} of it may still be given back")


def _amount(given: str | None) -> dict[str, Any]:
    """Return an amount as the API takes it: exact, in minor units."""
    if given is None:
        return {}
    read: Money = money(given, "--amount")
    if not read.amount_minor:
        raise InvalidRequest("--amount: is zero")
    return read.model_dump()


def _fields(named: dict[str, str | None], again: bool) -> dict[str, Any]:
    fields: dict[str, Any] = {name: value for name, value in named.items() if value is not None}
    return fields | ({"is_repeat": True} if again else {})


def _written(day: datetime | None) -> str | None:
    return day.date().isoformat() if day else None
