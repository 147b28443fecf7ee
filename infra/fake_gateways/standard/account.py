"""One merchant's account: payments, refunds, disputes, its balance, and what was reported."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from infra.fake_gateways.kit import iso4217
from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.kit.ids import new_ids


@dataclass
class Switches:
    """How the account is set up."""

    livemode: bool = True
    fee_permille: int = 29
    fee_fixed: int = 30  # minor units
    dispute_fee: int = 1500  # kept, whoever wins
    decimals: dict[str, int] = field(default_factory=dict)  # where it counts other than ISO 4217

    def own(self, amount_minor: int, currency: str) -> int:
        """Return a control's amount, in ISO 4217's minor units, as the gateway counts it."""
        own_digits = self.decimals.get(currency, iso4217.digits(currency))
        return iso4217.to_own(amount_minor, currency, own_digits)

    def minor(self, amount: int, currency: str) -> int:
        """Return an amount of the gateway's as the controls report it."""
        own_digits = self.decimals.get(currency, iso4217.digits(currency))
        return iso4217.to_minor(amount, currency, own_digits)


@dataclass(frozen=True)
class Notification:
    """One event: its name, which stays the same however often it is sent, and its body."""

    name: str
    body: Body


@dataclass
class Account:
    """Everything the gateway knows; each movement of the balance is reported like all else."""

    now: Callable[[], float]
    source: random.Random
    switches: Switches
    on_event: Callable[[Notification], object] = lambda notification: None
    payments: dict[str, Body] = field(default_factory=dict)
    refunds: dict[str, Body] = field(default_factory=dict)
    disputes: dict[str, Body] = field(default_factory=dict)
    balances: dict[str, int] = field(default_factory=dict)  # in the gateway's own units
    sent: dict[str, Notification] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Name things by the given randomness."""
        self.new_id = new_ids(self.source)

    def notify(self, event_type: str, data: Body, later_s: float = 0.0) -> None:
        """Send an event, with the object as it stands now."""
        at = datetime.fromtimestamp(self.now() + later_s, UTC).isoformat(timespec="milliseconds")
        notification = Notification(
            self.new_id("msg"),
            {
                "type": event_type,
                "timestamp": at.replace("+00:00", "Z"),
                "live": self.switches.livemode,
                "data": dict(data),
            },
        )
        self.sent[notification.name] = notification
        self.on_event(notification)

    def move(self, kind: str, gross: int, cause: Body, fee: int = 0) -> None:
        """Move the balance, and report it."""
        currency = cause["currency"]
        before = self.balances.get(currency, 0)
        self.balances[currency] = before + gross - fee
        moved: dict[str, Any] = {
            "id": self.new_id("bal"),
            "kind": kind,
            "gross": gross,
            "fee": fee,
            "currency": currency,
            "payment_id": cause.get("payment_id"),
        }
        self.notify("balance.moved", moved)

    def payment(self, payment_id: str) -> Body:
        """Return a paid payment; raise ValueError for any other."""
        payment = self.payments.get(payment_id)
        if payment is None or payment["status"] != "paid":
            raise ValueError(f"{payment_id} is no paid payment")
        return payment
