"""What `kassa trigger` refuses to send: amounts and currencies that no gateway would name."""

from collections.abc import Mapping, Sequence
from typing import Any

from cli.connection import connect
from cli.trigger.fake_gateway_actions import amount_minor, currency
from infra.event_templates import Surroundings, fill
from infra.stack import Stack
from kassa.core.errors import InvalidRequest, PaymentNotFound
from kassa.gateways.events import Subject, SubjectKind
from kassa.ledger.history import payment_state
from kassa.ledger.lists.events import EventLists
from kassa.platform import clock

_OF_A_PAYMENT = {"dispute", "refund"}  # objects whose amount is a part of their payment's


def refuse(stack: Stack, event_name: str, sets: Sequence[str], account: str) -> None:
    """Raise InvalidRequest where an event of Stripe's would say what Stripe never says."""
    for setting in sets:
        name, _, value = setting.partition("=")
        if name == "amount" or name.startswith("amount_"):
            amount_minor(name, value)
        if name == "currency":
            currency(value)
    own = fill(event_name, sets, Surroundings(clock.now(), True))["data"]["object"]
    payment_id = own.get("payment_intent")
    named = any(setting.startswith("payment_intent=") for setting in sets)
    if own["object"] in _OF_A_PAYMENT and named and isinstance(payment_id, str):
        fields = {"payment_id": payment_id, "amount_minor": own["amount"]}
        _refuse_beyond(stack, ("stripe", account), fields)


def refuse_beyond(stack: Stack, gateway: str, fields: Mapping[str, Any]) -> None:
    """Raise InvalidRequest where more would go back of a booked payment than was captured."""
    if {"payment_id", "amount_minor"} <= fields.keys():
        _refuse_beyond(stack, (gateway, "main"), fields)


def _refuse_beyond(stack: Stack, account: tuple[str, str], fields: Mapping[str, Any]) -> None:
    connect(stack)
    gateway, name = account
    kind, payment_id = SubjectKind.PAYMENT, str(fields["payment_id"])
    subject = Subject(gateway=gateway, account=name, kind=kind, subject_id=payment_id)
    try:
        history = EventLists().history(subject)
    except PaymentNotFound:
        return  # of a payment that Kassa doesn't know, anything may come first
    captured = payment_state(subject, history.state, history.headroom_minor).captured
    if captured is not None and fields["amount_minor"] > captured.amount_minor:
        beyond = f"{fields['amount_minor']} is more than its payment has, {captured.amount_minor}"
        raise InvalidRequest(f"--set amount: {beyond} minor units of {captured.currency}")
