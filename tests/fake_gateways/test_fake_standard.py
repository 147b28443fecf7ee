"""The fake of a gateway without an API: what it tells and refuses, the same for the same seed."""

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


class Heard:
    """A fake at an object report clock, and what it told."""

    def __init__(self, seed: int = 1, **switches: Any) -> None:
        self.notifications: list[Notification] = []
        self.fake = FakeStandardGateway(
            lambda: NOW_S, random.Random(seed), Switches(**switches), self.notifications.append
        )

    def types(self) -> list[str]:
        """Return the types told since last asked."""
        types = [one.body["type"] for one in self.notifications]
        self.notifications.clear()
        return types


def scenario(heard: Heard) -> None:
    paid = heard.fake.sell("o-1", 100_00)["payment_id"]
    heard.fake.decline("o-2", 5_00)
    refund = heard.fake.refund_in_dashboard(paid, 30_00)["refund_id"]
    heard.fake.fail_refund(refund)
    dispute = heard.fake.open_dispute(paid)["dispute_id"]
    heard.fake.close_dispute(dispute, "won")
    heard.fake.pay_out_all()


def test_whatever_happens_is_told_and_each_movement_of_the_balance_too() -> None:
    heard = Heard()
    scenario(heard)

    moved = "balance.moved"
    assert heard.types() == [
        *("payment.updated", moved, "payment.updated", "refund.sent", moved),
        *("refund.bounced", moved, "dispute.opened", "funds.taken", moved),
        *("dispute.closed", "funds.returned", moved, moved, "payout.paid"),
    ]


def test_the_same_seed_tells_the_same_to_the_byte() -> None:
    first, second, other = Heard(1), Heard(1), Heard(2)
    for heard in (first, second, other):
        scenario(heard)

    assert first.notifications == second.notifications != other.notifications


def test_the_balance_is_what_its_movements_say() -> None:
    heard = Heard(dispute_fee=15_00)
    scenario(heard)
    moved = [one.body["data"] for one in heard.notifications if one.body["type"] == "balance.moved"]

    assert [one["fee"] for one in moved] == [3_20, 0, 0, 15_00, 0, 0]
    assert heard.fake.truth()["balance_minor"] == {"EUR": 0}
    assert sum(one["gross"] - one["fee"] for one in moved) == 0


def test_a_fee_is_never_above_what_was_paid() -> None:
    heard = Heard()
    heard.fake.sell("o-1", 10)

    assert heard.notifications[-1].body["data"]["fee"] == 10


def test_the_truth_names_payments_by_their_orders() -> None:
    heard = Heard()
    paid = heard.fake.sell("o-1", 100_00)["payment_id"]
    heard.fake.refund_in_dashboard(paid, 30_00)

    assert heard.fake.truth()["payments"][paid] == {
        "order_id": "o-1",
        "amount_minor": 100_00,
        "currency": "EUR",
        "captured_minor": 100_00,
        "refunded_minor": 30_00,
    }


def test_no_more_is_returned_than_was_paid() -> None:
    heard = Heard()
    paid = heard.fake.sell("o-1", 100_00)["payment_id"]
    heard.fake.refund_in_dashboard(paid, 60_00)
    heard.fake.open_dispute(paid)
    before = list(heard.notifications)

    with pytest.raises(ValueError, match=f"0 of {paid} is left to refund"):
        heard.fake.refund_in_dashboard(paid, 1)
    assert heard.notifications == before


@pytest.mark.parametrize(
    ("act", "words"),
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
def test_what_cant_be_is_refused_in_words(act: str, words: tuple[Any, ...]) -> None:
    heard = Heard()

    with pytest.raises(ValueError, match=r"\w+ \w+"):
        getattr(heard.fake, act)(*words)
    assert heard.notifications == []


def asked(path: str, words: Any = None) -> Incoming:
    return Incoming("POST", path, "", {}, json.dumps(words or {}).encode())


def test_served_it_has_no_api_and_the_controls_that_every_fake_has() -> None:
    router = open_router(Switches(), 1)

    assert router.answer(asked("/v1/refunds")).status == 404
    sold = router.answer(asked("/_fake/sell", {"order_id": "o-1", "amount_minor": 100}))
    assert sold.body["result"]["payment_id"].startswith("pay_")
    refused = router.answer(
        asked("/_fake/finish_checkout", {"checkout_id": "c", "outcome": "paid"})
    )
    assert (refused.status, "no checkouts" in refused.body["error"]) == (400, True)
    for name in ("webhooks", "truth", "pay_out_all", "switches", "habits", "faults", "clock"):
        words = {"url": "http://127.0.0.1:9", "secret": "whsec_AAAA"} if name == "webhooks" else {}
        words = {"kind": "slow"} if name == "faults" else words
        assert router.answer(asked(f"/_fake/{name}", words)).status == 200, name
    router.delivery.stop()


def test_a_private_key_names_the_public_one_that_verifies_it() -> None:
    router = open_router(Switches(), 1)
    words = {"url": "http://127.0.0.1:9", "secrets": ["whsec_AAAA", "whsk_" + "A" * 43 + "="]}
    told = router.answer(asked("/_fake/webhooks", words)).body["result"]
    router.delivery.stop()

    assert told["verified_by"][0] == "whsec_AAAA"
    assert told["verified_by"][1].startswith("whpk_")
    proofs = signing.headers("m", b"{}", words["secrets"], 1)["webhook-signature"].split(" ")
    assert [one.partition(",")[0] for one in proofs] == ["v1", "v1a"]
