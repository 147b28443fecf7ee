"""The state of one BTCPay store: invoices with their payments, pull payments with their payouts."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from infra.fake_gateways.btcpay.errors import not_found
from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.kit.schedule import Schedule

T = TypeVar("T")

DIGITS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"  # of BTCPay's ids: base 58


@dataclass
class Switches:
    """How the store is set up, and what people there do by themselves."""

    api_key: str = ""  # empty: any key opens it
    store_id: str = "9CiNzKoANXxmk5ayZngSXrHTiVvvgCrwrpFQd4m2K776"
    base: str = "https://btcpay.example"  # what its links begin with
    pages: str = ""  # where its pages are, if elsewhere
    coin: str = "BTC"
    rate: str = "64392.23"  # of one coin, in whatever currency an invoice is priced
    expiration_s: float = 900.0
    monitoring_s: float = 86_400.0
    tolerance_percent: str = "0"  # how much less still settles an invoice
    spells_as_before_1_1: bool = False  # `orignalDeliveryId`
    redelivers: float = 0.0  # how likely a webhook is delivered anew under another id
    claim_after_s: float | None = None  # when customers claim a refund that is then paid out


@dataclass
class Payment:
    """Coins sent to an invoice; they count once they are confirmed."""

    id: str
    received_s: int
    value: Decimal
    fee: Decimal = Decimal()
    status: str = "Processing"


@dataclass
class Invoice:
    """One page, one price, one rate."""

    id: str
    price: Decimal
    currency: str
    rate: Decimal
    metadata: Body
    checkout: Body
    created_s: int
    expires_s: int
    monitored_s: int
    address: str
    status: str = "New"
    additional: str = "None"
    is_archived: bool = False
    payments: list[Payment] = field(default_factory=list)


@dataclass
class Payout:
    """One claim of a pull payment."""

    id: str
    pull_payment_id: str
    amount: Decimal
    destination: str
    claimed_s: int
    state: str = "AwaitingApproval"
    coins: Decimal | None = None  # known once it is approved
    revision: int = 0


@dataclass
class PullPayment:
    """An offer to pay somebody, until it is claimed or archived."""

    id: str
    name: str
    description: str
    currency: str
    amount: Decimal
    begun_s: int
    invoice_id: str | None = None
    is_auto_approved: bool = False
    is_archived: bool = False
    payouts: list[Payout] = field(default_factory=list)


class Store:
    """Everything in one store, and the ways to find it."""

    def __init__(
        self, now: Callable[[], float], source: random.Random, switches: Switches | None = None
    ) -> None:
        """Begin empty; nothing in it reads another clock or source."""
        self.now = now
        self.source = source
        self.switches = switches or Switches()
        self.schedule = Schedule(now)
        self.invoices: dict[str, Invoice] = {}
        self.pull_payments: dict[str, PullPayment] = {}
        self.notify: Callable[[str, Body], object] = lambda event_type, fields: None

    def now_s(self) -> int:
        """Return the instant in whole seconds, as BTCPay writes it."""
        return int(self.now())

    def new_id(self, length: int = 22) -> str:
        """Return an id that looks like BTCPay's."""
        return "".join(self.source.choices(DIGITS, k=length))

    def invoice(self, invoice_id: str) -> Invoice:
        """Return an invoice; refuse an unknown one."""
        return _found(self.invoices, invoice_id, "invoice")

    def pull_payment(self, pull_payment_id: str) -> PullPayment:
        """Return a pull payment; refuse an unknown one."""
        return _found(self.pull_payments, pull_payment_id, "pullpayment")

    def payout(self, payout_id: str) -> Payout:
        """Return a payout of any pull payment; refuse an unknown one."""
        every = {one.id: one for pull in self.pull_payments.values() for one in pull.payouts}
        return _found(every, payout_id, "payout")


def _found(kept: dict[str, T], object_id: str, kind: str) -> T:
    if object_id not in kept:
        raise not_found(kind)
    return kept[object_id]
