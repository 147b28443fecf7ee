"""The scene of a gateway that Kassa knows by its mapping alone: all it says comes by webhook."""

import base64
import random
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from infra.fake_gateways.standard import signing
from infra.fake_gateways.standard.account import Notification, Switches
from infra.fake_gateways.standard.model import FakeStandardGateway
from kassa.core.errors import GatewayUnavailable
from kassa.gateways.http import HttpAnswer, HttpRequest
from kassa.gateways.standard.mapping.model import Mapping
from kassa.gateways.standard.mapping.parse import read_mapping
from tests.support.gateway_scenes.scene import (
    FEE_FIXED,
    FEE_PERMILLE,
    Arrival,
    Clock,
    FakeGatewayScene,
)

EXAMPLE = Path(__file__).parents[3] / "docs" / "mappings" / "example.yaml"
SHARED = "whsec_" + base64.b64encode(bytes(range(24))).decode()
PRIVATE = "whsk_" + base64.b64encode(bytes(range(32))).decode()


@cache
def example_mapping() -> Mapping:
    """Return the mapping of the documentation, which is this fake's."""
    mapping = read_mapping(yaml.safe_load(EXAMPLE.read_text())).mapping
    assert mapping is not None
    return mapping


class StandardScene(FakeGatewayScene[FakeStandardGateway]):
    """The fake in process; it signs by the secrets of `signs_by`, `whsec_…` or `whsk_…`."""

    gateway = "standard"
    paid_with = ("card", None)
    # A payment is captured at once and in one, and settled in its currency.
    can = frozenset(
        {
            *("pay", "decline", "refund", "refund_fails", "dispute", "payout", "fees"),
            *("dispute_parts", "debit_return", "reverse"),
        }
    )

    def __init__(self, now: Clock, seed: int) -> None:
        switches = Switches(fee_permille=FEE_PERMILLE, fee_fixed=FEE_FIXED, dispute_fee=0)
        self._now = now
        self._notifications: list[Notification] = []
        self.fake = FakeStandardGateway(
            now, random.Random(seed), switches, self._notifications.append
        )
        self.signs_by = [SHARED, PRIVATE]
        self.mapping = example_mapping()  # stands in the table before anything arrives

    def secrets(self) -> dict[str, dict[str, Any]]:
        """Return what proves the webhooks; there is no API to have a key for."""
        live = [signing.public_of(secret) for secret in (SHARED, PRIVATE)]
        known = {"merchant_id": "main", "mode": "live", "signing_secrets": live, "opened_at": None}
        return {"webhooks/standard/main": known}

    def transport(self, request: HttpRequest) -> HttpAnswer:
        """Answer nothing: nobody may ask this gateway anything."""
        raise GatewayUnavailable(
            f"{request.method} {request.url} was asked of a gateway without API"
        )

    def arrivals(self) -> list[Arrival]:
        """Return what was sent since the last call, signed now."""
        notifications, self._notifications[:] = list(self._notifications), []
        return [self.arrival(one) for one in notifications]

    def arrival(self, notification: Notification) -> Arrival:
        """Return one event as it is posted."""
        body = signing.text_of(notification.body)
        return Arrival(
            body, signing.headers(notification.name, body, self.signs_by, int(self._now()))
        )

    def pay(self, order_id: str, amount_minor: int) -> None:
        """Let a customer pay."""
        self.fake.sell(order_id, amount_minor, self.currency)

    def decline(self, order_id: str, amount_minor: int) -> None:
        """Let a customer's bank say no."""
        self.fake.decline(order_id, amount_minor, self.currency)

    def refund(self, order_id: str, amount_minor: int) -> None:
        """Refund by hand."""
        self.fake.refund_in_dashboard(self._payment_id(order_id), amount_minor)

    def fail_last_refund(self, order_id: str) -> None:
        """Let the last refund of an order come back."""
        payment_id = self._payment_id(order_id)
        refunds = self.fake.account.refunds.values()
        *_, last = (one["id"] for one in refunds if one["payment_id"] == payment_id)
        self.fake.fail_refund(last)

    def dispute(
        self,
        order_id: str,
        outcome: str,
        amount_minor: int | None = None,
        returned_minor: int = 0,
    ) -> None:
        """Let a bank take the money and decide."""
        opened = self.fake.open_dispute(self._payment_id(order_id), amount_minor)
        self.fake.close_dispute(opened["dispute_id"], outcome, returned_minor)

    def return_debit(self, order_id: str) -> None:
        """Let a bank take a debit back, later than it had succeeded."""
        self.fake.return_debit(self._payment_id(order_id))

    def reverse(self, order_id: str, amount_minor: int) -> None:
        """Let the gateway take money back without a dispute."""
        self.fake.reverse(self._payment_id(order_id), amount_minor)

    def disprove(self, order_id: str) -> None:
        """Refuse: nothing is taken for captured here."""
        raise ValueError("a mapped gateway's captures are told")

    def pay_in_parts(self, order_id: str, parts_minor: tuple[int, ...], settled_in: str) -> None:
        """Refuse: a payment of this gateway is captured at once."""
        raise ValueError("this gateway captures no parts")

    def _payment_id(self, order_id: str) -> str:
        payments = self.fake.account.payments.values()
        return next(
            str(one["id"])
            for one in payments
            if one["order_id"] == order_id and one["status"] == "paid"
        )


SCENE = StandardScene
