"""The one table of gateways: what each can do, and where the module that calls it stands.

Only the standard library may be imported from here: receive_webhook starts with it. A gateway's
own modules are imported when they are needed, since a vendor's client takes a while. What a
gateway can't do is said here, not found out by an exception.
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from importlib import import_module
from types import ModuleType
from typing import NamedTuple

from kassa.core.errors import UnknownGateway


class Ability(StrEnum):
    """What a gateway can do; each is a function of `ports.Calls`."""

    OPEN_CHECKOUT = "open_checkout"
    FIND_CHECKOUT = "find_checkout"
    REFUND = "refund"
    FIND_REFUND = "find_refund"
    LOOK_UP = "look_up"
    PAYMENT_OF = "payment_of"
    CONFIRM = "confirm"
    LIST_EVENTS = "list_events"
    PAYOUTS = "payouts"
    HISTORY = "history"
    FIND_DISPUTE = "find_dispute"
    ANSWER_DISPUTE = "answer_dispute"
    ACCEPT_DISPUTE = "accept_dispute"
    NAMED_REFUND = "named_refund"  # it doesn't give our name of a refund back, so we say it


A = Ability
_DISPUTES = frozenset({A.FIND_DISPUTE, A.ANSWER_DISPUTE, A.ACCEPT_DISPUTE})


class Gateway(NamedTuple):
    """What Kassa knows of a gateway before it calls it."""

    can: frozenset[Ability] = frozenset()
    memory: timedelta = timedelta(0)  # how long it is sure to remember an idempotency key
    age_max_days: int | None = None  # of a payment that it still refunds; none: it names no limit
    finds_by_name: bool = False  # a checkout is found by our name for it, without its own id
    open_for: timedelta | None = None  # how long a checkout that nobody was shown can be paid
    notifies_refunds: bool = True  # by webhook, also those made by hand in its portal
    methods: Mapping[str, str] = {}  # payment methods of an order, as the gateway names them
    package: str | None = None  # where its modules stand, if not in kassa.gateways.<its name>


# A few hours of what each promises are kept back for clocks and retries.
GATEWAYS: Mapping[str, Gateway] = {
    "stripe": Gateway(
        can=frozenset(A) - {A.CONFIRM, A.NAMED_REFUND},
        memory=timedelta(hours=20),
        finds_by_name=True,
        open_for=timedelta(hours=1),
        methods={
            "card": "card",
            "apple_pay": "card",
            "google_pay": "card",
            "mobile_wallet": "card",
            "bank_transfer": "customer_balance",
            "pay_later": "klarna",
            "paypal": "paypal",
            "crypto": "crypto",
        },
    ),
    "paypal": Gateway(
        can=frozenset(A) - {A.NAMED_REFUND},
        memory=timedelta(days=44),
        age_max_days=180,
        open_for=timedelta(minutes=30),  # not said to PayPal: an order takes its buyer's approval
        methods={"paypal": "paypal", "card": "card", "pay_later": "paypal"},
    ),
    "klarna": Gateway(
        can=frozenset(A) - {A.LIST_EVENTS, A.NAMED_REFUND},
        memory=timedelta(hours=20),
        open_for=timedelta(minutes=30),  # not sent to Klarna: a checkout takes who is on it
        notifies_refunds=False,
        methods={"pay_later": "pay_later", "bank_transfer": "direct_debit"},
    ),
    "adyen": Gateway(
        can=frozenset(
            {A.OPEN_CHECKOUT, A.FIND_CHECKOUT, A.REFUND, A.PAYOUTS, A.HISTORY, A.NAMED_REFUND}
        )
        | _DISPUTES,
        memory=timedelta(days=6),
        open_for=timedelta(hours=1),
        methods={
            "card": "scheme",
            "apple_pay": "applepay",
            "google_pay": "googlepay",
            "mobile_wallet": "alipay",
            "bank_transfer": "bankTransfer_IBAN",
            "pay_later": "klarna",
            "paypal": "paypal",
        },
    ),
    "btcpay": Gateway(
        can=frozenset(A) - {A.PAYOUTS, A.NAMED_REFUND} - _DISPUTES,
        finds_by_name=True,
        open_for=timedelta(minutes=30),  # as long as the rate is held
        methods={"crypto": "crypto"},
    ),
    "standard": Gateway(),
}
MANUAL = "manual"  # what people enter: no webhook leads to it, and no account of it is connected
BY_HAND: Mapping[str, Gateway] = {MANUAL: Gateway()}


def gateway(name: str) -> Gateway:
    """Return what is known of a gateway; raise UnknownGateway for any other name."""
    known = GATEWAYS.get(name) or BY_HAND.get(name)
    if known is None:
        raise UnknownGateway(name)
    return known


def can(name: str, ability: Ability) -> bool:
    """Return whether a gateway can do something."""
    return ability in gateway(name).can


def package(name: str) -> str:
    """Return where a gateway's modules stand; raise UnknownGateway for a name that is none."""
    return gateway(name).package or f"kassa.gateways.{name}"


def module(name: str, part: str) -> ModuleType:
    """Return one of a gateway's modules: `webhook`, `events`, `gateway` and so on."""
    return import_module(f"{package(name)}.{part}")
