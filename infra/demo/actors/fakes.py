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
    """A refund as its gateway has it; `refund_request_id` if Kassa made it."""

    refund_request_id: str | None
    payment_id: str
    amount_minor: int
    status: str


@dataclass(frozen=True)
class Truth:
    """What a gateway itself holds, to be compared with the books."""

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

    def do(self, control: str, **params: Any) -> Any:
        """Let something happen that no call of the API brings about."""
        return gateway.control(self._url, control, **params)

    def settle_by_itself(self, does: bool) -> None:
        """Let pending refunds leave after a while, or not before somebody says so."""
        self.do("switches", settle_after_s=LATER_S if does else None)

    def truth(self) -> Truth:
        """Read what the gateway holds, every payment, and every refund that has a name of ours."""
        body = self.do("truth")
        payments = (_payment(name, payment) for name, payment in body["payments"].items())
        return Truth(dict(body["balance_minor"]), tuple(payments), _refunds(body))


def _refunds(body: dict[str, Any]) -> tuple[FakeRefund, ...] | None:
    refunds = body.get("refunds", [])
    if not refunds or not all("metadata" in one for one in refunds):
        return None
    return tuple(map(_refund, refunds))


def _refund(body: dict[str, Any]) -> FakeRefund:
    refund_request_id = body["metadata"].get("refund_request_id")
    return FakeRefund(refund_request_id, body["payment_id"], body["amount_minor"], body["status"])


def _payment(payment_id: str, body: dict[str, Any]) -> FakePayment:
    return FakePayment(
        payment_id=payment_id,
        order_id=str(body["order_id"]),
        currency=body["currency"],
        captured_minor=body["captured_minor"],
        refunded_minor=body["refunded_minor"],
    )
