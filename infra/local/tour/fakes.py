"""The fakes as the tour uses them: customers, banks and people in dashboards act, and the truth."""

from dataclasses import dataclass
from typing import Any

from infra.local import gateway


@dataclass(frozen=True)
class FakePayment:
    """A payment as its gateway has it; the order it names may be one attempt's name."""

    payment_id: str
    order_id: str
    currency: str
    captured_minor: int
    refunded_minor: int


@dataclass(frozen=True)
class Truth:
    """What a gateway itself says, to be held against the books."""

    balance_minor: dict[str, int]  # by currency
    payments: tuple[FakePayment, ...]

    def paid(self, order_id: str) -> list[FakePayment]:
        """Return the payments that took money for an order."""
        return [one for one in self.payments if one.order_id == order_id and one.captured_minor]


class FakeGateway:
    """One running fake."""

    def __init__(self, url: str) -> None:
        """Reach a fake by its address."""
        self._url = url

    def do(self, act: str, **words: Any) -> Any:
        """Let something happen that no call of the API brings about."""
        return gateway.control(self._url, act, **words)

    def truth(self) -> Truth:
        """Read what the gateway holds, and every payment."""
        said = self.do("truth")
        payments = (_payment(name, told) for name, told in said["payments"].items())
        return Truth(dict(said["balance_minor"]), tuple(payments))


def _payment(payment_id: str, told: dict[str, Any]) -> FakePayment:
    return FakePayment(
        payment_id=payment_id,
        order_id=str(told["order_id"]),
        currency=told["currency"],
        captured_minor=told["captured_minor"],
        refunded_minor=told["refunded_minor"],
    )
