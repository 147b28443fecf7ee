"""The fake gateways as the demo uses them: what happens outside their APIs, and their own books."""

from dataclasses import dataclass
from typing import Any

from infra.local import gateway
from infra.local.gateway import LATER_S


@dataclass(frozen=True)
class FakePayment:
    """A payment as its gateway has it; the order it names may be one attempt's name."""

    payment_id: str
    order_id: str
    currency: str
    captured_minor: int
    refunded_minor: int


@dataclass(frozen=True)
class FakeRefund:
    """A refund as its gateway has it; `asked` is what our own name for it was, if any."""

    asked: str | None
    payment_id: str
    amount_minor: int
    status: str


@dataclass(frozen=True)
class Truth:
    """What a gateway itself says, to be held against the books."""

    balance_minor: dict[str, int]  # by currency
    payments: tuple[FakePayment, ...]
    refunds: tuple[FakeRefund, ...] | None = None  # none of a gateway that keeps no name of ours

    def paid(self, order_id: str) -> list[FakePayment]:
        """Return the payments that took money for an order."""
        return [one for one in self.payments if one.order_id == order_id and one.captured_minor]


class FakeGateway:
    """One running fake."""

    def __init__(self, url: str) -> None:
        """Reach a fake by its address."""
        self._url = url

    def do(self, control: str, **words: Any) -> Any:
        """Let something happen that no call of the API brings about."""
        return gateway.control(self._url, control, **words)

    def settle_by_itself(self, does: bool) -> None:
        """Let pending refunds leave after a while, or not before somebody says so."""
        self.do("switches", settle_after_s=LATER_S if does else None)

    def truth(self) -> Truth:
        """Read what the gateway holds, every payment, and every refund that has a name of ours."""
        said = self.do("truth")
        payments = (_payment(name, told) for name, told in said["payments"].items())
        return Truth(dict(said["balance_minor"]), tuple(payments), _refunds(said))


def _refunds(said: dict[str, Any]) -> tuple[FakeRefund, ...] | None:
    told = said.get("refunds", [])
    if not told or not all("metadata" in one for one in told):
        return None
    return tuple(map(_refund, told))


def _refund(told: dict[str, Any]) -> FakeRefund:
    asked = told["metadata"].get("refund_request_id")
    return FakeRefund(asked, told["payment_id"], told["amount_minor"], told["status"])


def _payment(payment_id: str, told: dict[str, Any]) -> FakePayment:
    return FakePayment(
        payment_id=payment_id,
        order_id=str(told["order_id"]),
        currency=told["currency"],
        captured_minor=told["captured_minor"],
        refunded_minor=told["refunded_minor"],
    )
