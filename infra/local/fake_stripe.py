"""The fake Stripe in the main job: what happens at a gateway without its API, and its truth."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import stripe

from infra.local import gateway
from infra.local.accounts import GATEWAY
from infra.local.gateway import LATER_S
from infra.stack import Stack

stripe.enable_telemetry = False  # it would write an id into HOME, and tell Stripe how long we took

PAGE = 100


@dataclass(frozen=True)
class GatewayRefund:
    """A refund as the gateway has it; `asked` is what our own name for it was, if any."""

    asked: str | None
    payment_id: str
    amount_minor: int
    status: str


@dataclass(frozen=True)
class GatewayTruth:
    """What the gateway itself says, to be held against the books."""

    balance_minor: dict[str, int]  # by currency
    refunds: tuple[GatewayRefund, ...]


class FakeGateway:
    """One running fake."""

    def __init__(self, stack: Stack) -> None:
        """Reach the fake beside a stack."""
        self._url = str(stack.gateway_url)
        key = stack.api_keys[GATEWAY]
        self._api: Any = stripe.StripeClient(key, base_addresses={"api": self._url}).v1

    def do(self, control: str, **words: Any) -> Any:
        """Let something happen that no call of the API brings about."""
        return gateway.control(self._url, control, **words)

    def settle_by_itself(self, does: bool) -> None:
        """Let pending refunds leave after a while, or not before somebody says so."""
        self.do("switches", settle_after_s=LATER_S if does else None)

    def truth(self) -> GatewayTruth:
        """Read the balance, paid out or not, and every refund."""
        said, balance = self._api.balance.retrieve(), Counter[str]()
        for part in (*said.available, *said.pending):
            balance[part.currency.upper()] += part.amount
        refunds = self._api.refunds.list({"limit": PAGE}).auto_paging_iter()
        return GatewayTruth(dict(balance), tuple(map(_refund, refunds)))


def _refund(one: Any) -> GatewayRefund:
    asked = one.metadata.to_dict().get("refund_request_id")
    return GatewayRefund(asked, one.payment_intent, one.amount, one.status)
