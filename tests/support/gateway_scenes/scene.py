"""One scenario, played at any gateway: what can happen at its fake, and what arrives of it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import urlsplit

from infra.fake_gateways.kit.answers import Answer
from infra.fake_gateways.kit.faults import ON_THE_WAY, Faults, Kind
from kassa.core.errors import GatewayUnavailable
from kassa.gateways.http import HttpAnswer, HttpRequest

CURRENCY = "EUR"
FEE_PERMILLE, FEE_FIXED = 29, 30  # every fake's, rounded half up
EXCHANGE_RATE = Decimal("0.9")  # what a unit comes to, settled in another currency
Clock = Callable[[], float]


@dataclass(frozen=True)
class Arrival:
    """A webhook as it is posted to our URL."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)


class Scene(Protocol):
    """One fake gateway, in process, with what everybody but Kassa does there.

    `can` names the acts that the gateway knows: pay decline refund refund_fails dispute payout
    fees, and dispute_parts disprove debit_return reverse captures exchange. What isn't among them
    isn't asked for.
    """

    gateway: str
    can: frozenset[str]
    paid_with: tuple[str, str | None]  # the method and the brand of what is paid
    currency: str  # of what is paid from now on; amounts are in ISO 4217's minor units

    def __init__(self, now: Clock, seed: int) -> None:
        """Open the fake by a clock and a seed."""

    def secrets(self) -> dict[str, dict[str, Any]]:
        """Return what stands in Secrets Manager, by the name after the stack's."""

    def transport(self, request: HttpRequest) -> HttpAnswer:
        """Answer our calls without a network."""

    def arrivals(self) -> list[Arrival]:
        """Return the webhooks sent since the last call, signed now."""

    def pay(self, order_id: str, amount_minor: int) -> None:
        """Let a customer pay an order in full."""

    def decline(self, order_id: str, amount_minor: int) -> None:
        """Let a customer's attempt to pay an order fail."""

    def refund(self, order_id: str, amount_minor: int) -> None:
        """Let somebody refund a part of an order by hand, at the gateway."""

    def fail_last_refund(self, order_id: str) -> None:
        """Let the last refund of an order come back."""

    def dispute(
        self,
        order_id: str,
        outcome: str,
        amount_minor: int | None = None,
        returned_minor: int = 0,
    ) -> None:
        """Let the customer's bank take an order's money and decide: `lost` or `won`.

        With `dispute_parts` it may be about a part, come again, and give a part back though lost.
        """

    def disprove(self, order_id: str) -> None:
        """Let the gateway say for sure that a payment taken for captured never was (disprove)."""

    def return_debit(self, order_id: str) -> None:
        """Let a bank take back a payment that had succeeded (debit_return); its fee stays."""

    def reverse(self, order_id: str, amount_minor: int) -> None:
        """Let the gateway take money of a payment back, without a dispute (reverse)."""

    def pay_in_parts(self, order_id: str, parts_minor: tuple[int, ...], settled_in: str) -> None:
        """Let an authorised payment be captured in parts (captures).

        Where `settled_in` isn't the scene's currency, each part is exchanged at EXCHANGE_RATE, with
        its fee taken of what it comes to (exchange).
        """

    def finish(self, checkout_id: str, outcome: str) -> None:
        """Let a customer leave a page that Kassa opened: `paid`, `declined` or `expired`.

        Raises ValueError where the page takes no more of that.
        """

    def truth(self) -> dict[str, Any]:
        """Return what the gateway itself says of its payments, refunds and balance."""

    def pass_time(self) -> None:
        """Let what is due by the clock happen at the gateway."""

    def pay_out(self) -> None:
        """Let the gateway send its balance to the bank, and the payout arrive."""


class FakeGateway(Protocol):
    """What every fake gateway lets happen outside its API."""

    faults: Faults

    def finish_checkout(self, checkout_id: str, outcome: str) -> object:
        """Let a customer leave a page."""

    def truth(self) -> dict[str, Any]:
        """Say how everything stands."""

    def run_due(self) -> int:
        """Do what is due."""

    def pay_out_all(self) -> object:
        """Send the balance to the bank."""


T = TypeVar("T", bound=FakeGateway)


class FakeGatewayScene(Generic[T]):
    """What a scene leaves to its fake as it is."""

    fake: T
    currency = CURRENCY

    def finish(self, checkout_id: str, outcome: str) -> None:
        """Let a customer leave a page that Kassa opened."""
        self.fake.finish_checkout(checkout_id, outcome)

    def truth(self) -> dict[str, Any]:
        """Return what the fake says of itself."""
        return self.fake.truth()

    def pass_time(self) -> None:
        """Let what is due happen."""
        self.fake.run_due()

    def pay_out(self) -> None:
        """Let the balance go to the bank."""
        self.fake.pay_out_all()

    def carried(self, request: HttpRequest, send: Callable[[], Answer]) -> HttpAnswer:
        """Carry a call to the fake and back, or lose it where a fault says so."""
        fault = self.fake.faults.take(ON_THE_WAY, request.method, urlsplit(request.url).path)
        if fault and fault.kind is Kind.LOST_REQUEST:
            raise GatewayUnavailable("the request was lost")
        answer = send()
        if fault:
            raise GatewayUnavailable("the answer was lost")
        headers = {name.lower(): value for name, value in answer.headers.items()}
        text = json.dumps(answer.body) if answer.text is None else answer.text
        return HttpAnswer(answer.status, headers, text.encode())
