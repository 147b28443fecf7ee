"""Kassa's own Stripe adapter against the fake: what it reads, what it looks up, what it books."""

import json
import random
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kassa.core.errors import GatewayRefused
from kassa.core.postings import Account
from kassa.gateways.events import GatewayEvent
from kassa.gateways.stripe import look_up as look_ups
from kassa.gateways.stripe import payouts
from kassa.ledger.booking import book
from kassa.ledger.state import SubjectState
from kassa.platform.secrets import ApiAccess
from tests.support.builders import CONTEXT
from tests.support.fake_stripe import START_S, Scene
from tests.support.stripe_reading import read_body

ROOT = Path(__file__).parents[2]
VERSIONS = ["2018-11-08", "2020-08-27", "2025-03-31.basil"]


def events_of(version: str) -> list[dict[str, Any]]:
    """Return the events of one payment's full lifecycle, and its movements as events, in a
    version.
    """
    scene = Scene(api_version=version, livemode=True, refunds_begin="pending")
    payment = scene.pay(metadata={"order_id": "o-1"})
    charge = scene.charge(payment.id)
    for amount, end in ((10_00, "succeeded"), (20_00, "failed"), (5_00, "canceled")):
        refund = scene.refund(payment.id, amount, metadata={"refund_request_id": f"rr_{amount}"})
        scene.fake.settle_refund(refund.id, end)
    dispute = scene.fake.open_dispute(charge.id, 30_00)
    scene.fake.close_dispute(dispute["id"], "won")
    rows = scene.v1.balance_transactions.list({"limit": 100, "expand": ["data.source"]}).data
    for row in rows:
        scene.fake.account.emit("kassa.balance_transaction", row.to_dict())
    return scene.events


def booked(events: list[dict[str, Any]]) -> Counter[Any]:
    """Book the events of the payment in the order given; return what moved."""
    state, moved = SubjectState(), Counter[Any]()
    for raw in events:
        event = read_body(json.dumps(raw).encode(), "main", "live")
        if not isinstance(event, GatewayEvent) or event.charge_reference:
            continue  # an old version's refund names no payment: its charge's events book it
        state, facts = book(state, event, CONTEXT)
        for posting in (p for fact in facts for p in fact.data.postings):
            moved[posting.source] -= posting.amount.amount_minor
            moved[posting.destination] += posting.amount.amount_minor
    return moved


@pytest.mark.parametrize("version", VERSIONS)
def test_kassa_books_a_payments_lifecycle_at_the_fake_to_the_last_cent(version: str) -> None:
    events = events_of(version)
    moved = booked(events)
    assert moved[Account.CUSTOMERS] == -(100_00 - 10_00)
    assert moved[Account.GATEWAY_CLEARING] == 0
    assert moved[Account.GATEWAY_FEES] == 3_20 + 15_00
    assert moved[Account.GATEWAY_BALANCE] == 100_00 - 10_00 - 3_20 - 15_00


def test_the_order_of_its_events_does_not_matter() -> None:
    events = events_of(VERSIONS[-1])
    expected = booked(events)
    shuffler = random.Random(20261122)
    for _ in range(50):
        assert booked(shuffler.sample(events, len(events))) == expected


@pytest.fixture
def access(tmp_path: Path) -> Iterator[ApiAccess]:
    """A fake in a process of its own, as the local run starts it."""
    command = [
        sys.executable,
        "-m",
        "infra.fake_gateways.stripe",
        "--port",
        "0",
        "--folder",
        str(tmp_path),
    ]
    process = subprocess.Popen([*command, "--seed", "1"], cwd=ROOT, stdout=subprocess.PIPE)
    try:
        address = _address(tmp_path / "address")
        yield ApiAccess(api_key="sk_test_1", api_base=address, merchant_id="main", mode="test")
    finally:
        process.terminate()
        assert process.stdout
        process.stdout.close()
        assert process.wait(10) == 0


def _address(path: Path) -> str:
    for _ in range(200):
        if path.exists() and path.read_text():
            return path.read_text()
        time.sleep(0.05)
    raise AssertionError("the fake did not start")


def sent(access: ApiAccess, path: str, form: str) -> dict[str, Any]:
    request = urllib.request.Request(f"{access.api_base}{path}", form.encode(), method="POST")
    request.add_header("Authorization", f"Bearer {access.api_key}")
    with urllib.request.urlopen(request, timeout=10) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def test_kassa_looks_up_and_pulls_from_a_fake_in_its_own_process(access: ApiAccess) -> None:
    form = "amount=10000&currency=eur&payment_method=pm_card_visa&confirm=true"
    payment = sent(access, "/v1/payment_intents", form)
    refund = sent(access, "/v1/refunds", f"payment_intent={payment['id']}&amount=3000")

    assert look_ups.payment_of(access, payment["latest_charge"]) == payment["id"]
    found = look_ups.objects_of(access, payment["id"])
    assert [one["id"] for one in found] == [payment["id"], refund["id"]]
    assert found[0]["latest_charge"]["amount_refunded"] == 30_00
    since = datetime.fromtimestamp(START_S, UTC)
    pulled = list(payouts.balance_transactions(access, since, None))
    assert [row["source"]["id"] for row in pulled] == [refund["id"], payment["latest_charge"]]
    assert look_ups.objects_of(access, "pi_unknown") == []
    with pytest.raises(GatewayRefused):
        look_ups.payment_of(access.model_copy(update={"api_key": "pk_test_1"}), "ch_1")
    with pytest.raises(urllib.error.HTTPError) as refused:
        sent(access, "/v1/refunds", f"payment_intent={payment['id']}&amount=7001")
    refused.value.close()
