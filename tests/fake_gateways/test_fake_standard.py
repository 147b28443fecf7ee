"""The fake of a gateway without an API: what it sends and refuses, the same for the same seed."""

import json
import random
from typing import Any

import pytest

from infra.fake_gateways.kit.request_router import Incoming
from infra.fake_gateways.standard import signing
from infra.fake_gateways.standard.account import Notification, Switches
from infra.fake_gateways.standard.model import FakeStandardGateway
from infra.fake_gateways.standard.server import open_router

NOW_S = 1_795_312_800.0


class Account:
    """A fake at an object report clock, and what it sent."""

    def __init__(self, seed: int = 1, **switches: Any) -> None:
        self.notifications: list[Notification] = []
        self.fake = FakeStandardGateway(
            lambda: NOW_S, random.Random(seed), Switches(**switches), self.notifications.append
        )

    def types(self) -> list[str]:
        """Return the types sent since the last call."""
        types = [one.body["type"] for one in self.notifications]
        self.notifications.clear()
        return types


def scenario(account: Account) -> None:
    paid = account.fake.sell("o-1", 100_00)["payment_id"]
    account.fake.decline("o-2", 5_00)
    refund = account.fake.refund_in_dashboard(paid, 30_00)["refund_id"]
    account.fake.fail_refund(refund)
    dispute = account.fake.open_dispute(paid)["dispute_id"]
    account.fake.close_dispute(dispute, "won")
    account.fake.pay_out_all()


def test_whatever_happens_is_sent_and_each_movement_of_the_balance_too() -> None:
    account = Account()
    scenario(account)

    moved = "balance.moved"
    assert account.types() == [
        *("payment.updated", moved, "payment.updated", "refund.sent", moved),
        *("refund.bounced", moved, "dispute.opened", "funds.taken", moved),
        *("dispute.closed", "funds.returned", moved, moved, "payout.paid"),
    ]


def test_the_same_seed_sends_the_same_to_the_byte() -> None:
    first, second, other = Account(1), Account(1), Account(2)
    for account in (first, second, other):
        scenario(account)

    assert first.notifications == second.notifications != other.notifications


def test_the_balance_is_what_its_movements_say() -> None:
    account = Account(dispute_fee=15_00)
    scenario(account)
    moved = [
        one.body["data"] for one in account.notifications if one.body["type"] == "balance.moved"
    ]

    assert [one["fee"] for one in moved] == [3_20, 0, 0, 15_00, 0, 0]
    assert account.fake.truth()["balance_minor"] == {"EUR": 0}
    assert sum(one["gross"] - one["fee"] for one in moved) == 0


def test_a_fee_is_never_above_what_was_paid() -> None:
    account = Account()
    account.fake.sell("o-1", 10)

    assert account.notifications[-1].body["data"]["fee"] == 10


def test_the_truth_names_payments_by_their_orders() -> None:
    account = Account()
    paid = account.fake.sell("o-1", 100_00)["payment_id"]
    account.fake.refund_in_dashboard(paid, 30_00)

    assert account.fake.truth()["payments"][paid] == {
        "order_id": "o-1",
        "amount_minor": 100_00,
        "currency": "EUR",
        "captured_minor": 100_00,
        "refunded_minor": 30_00,
    }


def test_no_more_is_returned_than_was_paid() -> None:
    account = Account()
    paid = account.fake.sell("o-1", 100_00)["payment_id"]
    account.fake.refund_in_dashboard(paid, 60_00)
    account.fake.open_dispute(paid)
    before = list(account.notifications)

    with pytest.raises(ValueError, match=f"0 of {paid} is left to refund"):
        account.fake.refund_in_dashboard(paid, 1)
    assert account.notifications == before


@pytest.mark.parametrize(
    ("act", "args"),
    [
        ("finish_checkout", ("c", "paid")),
        ("refund_in_dashboard", ("nothing", 1)),
        ("fail_refund", ("nothing",)),
        ("open_dispute", ("nothing",)),
        ("close_dispute", ("nothing", "won")),
        ("sell", ("o-1", 0)),
        ("sell", ("o-1", 1.5)),
    ],
)
def test_what_cant_be_is_refused_with_a_reason(act: str, args: tuple[Any, ...]) -> None:
    account = Account()

    with pytest.raises(ValueError, match=r"\w+ \w+"):
        getattr(account.fake, act)(*args)
    assert account.notifications == []


def incoming(path: str, body: Any = None) -> Incoming:
    return Incoming("POST", path, "", {}, json.dumps(body or {}).encode())


def test_served_it_has_no_api_and_the_controls_that_every_fake_has() -> None:
    router = open_router(Switches(), 1)

    assert router.answer(incoming("/v1/refunds")).status == 404
    sold = router.answer(incoming("/_fake/sell", {"order_id": "o-1", "amount_minor": 100}))
    assert sold.body["result"]["payment_id"].startswith("pay_")
    refused = router.answer(
        incoming("/_fake/finish_checkout", {"checkout_id": "c", "outcome": "paid"})
    )
    assert (refused.status, "no checkouts" in refused.body["error"]) == (400, True)
    for name in ("webhooks", "truth", "pay_out_all", "switches", "habits", "faults", "clock"):
        body = {"url": "http://127.0.0.1:9", "secret": "whsec_AAAA"} if name == "webhooks" else {}
        body = {"kind": "slow"} if name == "faults" else body
        assert router.answer(incoming(f"/_fake/{name}", body)).status == 200, name
    router.delivery.stop()


def test_a_private_key_names_the_public_one_that_verifies_it() -> None:
    router = open_router(Switches(), 1)
    body = {"url": "http://127.0.0.1:9", "secrets": ["whsec_AAAA", "whsk_" + "A" * 43 + "="]}
    result = router.answer(incoming("/_fake/webhooks", body)).body["result"]
    router.delivery.stop()

    assert result["verified_by"][0] == "whsec_AAAA"
    assert result["verified_by"][1].startswith("whpk_")
    proofs = signing.headers("m", b"{}", body["secrets"], 1)["webhook-signature"].split(" ")
    assert [one.partition(",")[0] for one in proofs] == ["v1", "v1a"]
