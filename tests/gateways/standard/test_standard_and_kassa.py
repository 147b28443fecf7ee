"""A gateway known by its mapping alone: from its signed webhooks to the books, real handlers."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest

from functions.approve_refund.app import lambda_handler as approve_refund
from infra.fake_gateways.standard.signing import public_of
from kassa.gateways.standard.mapping import store as mappings
from kassa.gateways.standard.mapping.model import Mapping
from kassa.gateways.standard.mapping.parse import read_mapping
from kassa.gateways.webhooks.secrets import AGE_MAX
from kassa.refunds.policy.parse import read_policy
from kassa.refunds.policy.store import Policies
from tests.support.aws_stack import Context, Stack
from tests.support.builders import OPERATOR
from tests.support.fake_clock import FakeClock
from tests.support.gateway_scenes.scene import Arrival
from tests.support.gateway_scenes.standard import PRIVATE, SHARED, StandardScene
from tests.support.gateway_stage import Stage, on_stage, seconds
from tests.support.refund_stage import answered, http_event

NEWER = "whsec_" + "B" * 32


@pytest.fixture
def stage(stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """Open the scene's stage with its mapping saved."""
    scene = StandardScene(lambda: seconds(fake_clock), 1)
    mappings.forget()
    with on_stage(stack, fake_clock, scene, monkeypatch) as opened:
        mappings.save("standard", "main", scene.mapping, OPERATOR)
        yield opened
    mappings.forget()


def scene_of(stage: Stage) -> StandardScene:
    scene = stage.scene
    assert isinstance(scene, StandardScene)
    return scene


def live(stage: Stage, *secrets: str, mode: str = "live") -> None:
    """Let these secrets be live from now on, and what was cached be over."""
    secret = {"merchant_id": "main", "mode": mode, "signing_secrets": list(secrets)}
    boto3.client("secretsmanager").put_secret_value(
        SecretId="kassa/webhooks/standard/main", SecretString=json.dumps(secret)
    )
    stage.clock.at += AGE_MAX


def test_all_that_happened_is_booked_and_the_bank_gets_what_the_gateway_sent(stage: Stage) -> None:
    scene = scene_of(stage)
    scene.pay("o-1", 100_00)
    scene.refund("o-1", 30_00)
    scene.fail_last_refund("o-1")
    scene.refund("o-1", 10_00)
    scene.pay("o-2", 50_00)
    scene.dispute("o-2", "lost")
    scene.decline("o-3", 5_00)
    scene.pay_out()
    stage.deliver()

    assert stage.failures == []
    assert stage.ledger() == {
        ("bank", "EUR"): 90_00 - 3_20 - 1_75,
        ("chargebacks", "EUR"): 50_00,
        ("customers", "EUR"): 10_00 - 150_00,
        ("gateway_fees", "EUR"): 3_20 + 1_75,
    }


def test_a_delivery_that_comes_again_under_its_id_changes_nothing(stage: Stage) -> None:
    scene_of(stage).pay("o-1", 100_00)
    arrivals = stage.deliver()
    before = stage.ledger()
    stage.stack.published()

    stage.clock.at += timedelta(minutes=30)  # the gateway signs anew, at another time
    fake = scene_of(stage).fake
    for delivery in fake.account.sent.values():
        stage.post(scene_of(stage).arrival(delivery))
    stage.book()

    assert len(arrivals) == 2
    assert stage.ledger() == before
    again = [(one["detail"]["metadata"]["event_id"]) for one in stage.stack.published()]
    assert set(again) <= set(fake.account.sent)  # told again, by the same names


@pytest.mark.parametrize("backwards", [False, True])
def test_a_debit_that_comes_back_is_taken_back_published_and_alarms(
    stage: Stage, capsys: pytest.CaptureFixture[str], backwards: bool
) -> None:
    """Paid, then declined under the same id: the event's own time says which was later."""
    scene = scene_of(stage)
    scene.pay("o-1", 100_00)
    if not backwards:
        stage.deliver()
    scene.return_debit("o-1")
    for arrival in reversed(scene.arrivals()):
        stage.post(arrival)
    stage.book()

    assert stage.failures == []
    assert stage.ledger() == {("gateway_balance", "EUR"): -3_20, ("gateway_fees", "EUR"): 3_20}
    facts = [one["detail"]["data"] for one in stage.stack.published()]
    named = [data["fact"] for data in facts]
    assert named.count("PaymentReversed") == named.count("PaymentCaptured") == (not backwards)
    alarms = capsys.readouterr().out.count('"PaymentReversed":[1.0')
    assert alarms == (not backwards)
    for data in facts:
        if data["fact"] == "PaymentReversed":
            assert data["amount"] == {"amount_minor": 100_00, "currency": "EUR"}
            assert [one["kind"] for one in data["postings"]] == ["capture_reversal"]


def test_a_delivery_replayed_later_is_refused(stage: Stage) -> None:
    scene_of(stage).pay("o-1", 100_00)
    (first, *_) = scene_of(stage).arrivals()
    assert stage.post(first)["statusCode"] == 200

    stage.clock.at += timedelta(seconds=301)
    assert stage.post(first)["statusCode"] == 400


@pytest.mark.parametrize("secret", [SHARED, PRIVATE])
def test_one_byte_changed_is_refused_at_the_door(stage: Stage, secret: str) -> None:
    scene = scene_of(stage)
    scene.signs_by = [secret]
    scene.pay("o-1", 100_00)
    (first, *_) = scene.arrivals()

    changed = Arrival(first.body.replace(b"10000", b"10001"), first.headers)
    assert changed.body != first.body
    assert stage.post(changed)["statusCode"] == 400
    assert stage.post(first)["statusCode"] == 200


def test_while_a_secret_is_rolled_both_count_and_then_only_the_newer(stage: Stage) -> None:
    scene = scene_of(stage)
    live(stage, SHARED, NEWER)
    for signs_by in ([SHARED], [NEWER], [SHARED, NEWER]):
        scene.signs_by = signs_by
        scene.pay("o-1", 100_00)
        stage.deliver()
    live(stage, NEWER)
    scene.signs_by = [SHARED]
    scene.pay("o-1", 100_00)
    stage.deliver()

    assert stage.statuses == [200] * 6 + [400] * 2


def test_from_a_shared_secret_one_moves_to_a_key_pair_without_a_gap(stage: Stage) -> None:
    scene = scene_of(stage)
    live(stage, SHARED, public_of(PRIVATE))
    for signs_by in ([SHARED], [SHARED, PRIVATE], [PRIVATE]):
        scene.signs_by = signs_by
        scene.pay("o-1", 100_00)
        stage.deliver()

    assert stage.statuses == [200] * 6


def test_a_live_event_at_a_test_account_is_counted_and_never_booked(stage: Stage) -> None:
    live(stage, SHARED, public_of(PRIVATE), mode="test")
    scene_of(stage).pay("o-1", 100_00)
    stage.deliver()

    assert (stage.ledger(), stage.failures) == ({}, [])
    kept = [item["gateway_type"]["S"] for item in stage.stack.items() if "gateway_type" in item]
    assert sorted(kept) == ["balance.moved (not test mode)", "payment.updated (not test mode)"]


def test_without_a_mapping_events_wait_and_are_booked_once_there_is_one(stage: Stage) -> None:
    boto3.client("dynamodb").delete_item(
        TableName=stage.stack.table,
        Key={"PK": {"S": "MAPPING#standard#main"}, "SK": {"S": "MAPPING"}},
    )
    scene_of(stage).pay("o-1", 100_00)
    stage.deliver()
    assert (len(stage.failures), stage.ledger()) == (2, {})

    mappings.save("standard", "main", scene_of(stage).mapping, OPERATOR)
    redriven, stage.failures = stage.failures, []
    for body in redriven:
        boto3.client("sqs").send_message(QueueUrl=stage.stack.events_queue, MessageBody=body)
    stage.book()
    assert stage.failures == []
    assert stage.ledger()["customers", "EUR"] == -100_00


def without(mapping: Mapping, event_type: str) -> Mapping:
    written = mapping.written
    written["rules"] = [one for one in written["rules"] if event_type not in one["type"]]
    changed = read_mapping(written).mapping
    assert changed is not None
    return changed


def test_a_changed_mapping_rules_after_five_minutes_at_the_latest(stage: Stage) -> None:
    scene = scene_of(stage)
    scene.pay("o-1", 100_00)
    stage.deliver()
    mappings.save("standard", "main", without(scene.mapping, "balance.moved"), OPERATOR)
    stage.clock.at += mappings.KEPT_FOR
    scene.pay("o-2", 100_00)
    stage.deliver()

    settled = [one for one in types_of(stage) if one == "balance.moved"]
    assert len(settled) == 2
    assert stage.ledger()["gateway_fees", "EUR"] == 3_20


def types_of(stage: Stage) -> list[str]:
    return [item["gateway_type"]["S"] for item in stage.stack.items() if "gateway_type" in item]


def test_a_refund_of_such_a_payment_is_refused_with_the_reason(stage: Stage) -> None:
    scene_of(stage).pay("o-1", 40_00)
    stage.deliver()
    small = {"id": "R1", "name": "Small", "when": {"amount": {"up_to": "50.00 EUR"}}}
    document = {
        "effective_from": stage.clock.at.isoformat(),
        "rules": [small | {"then": "approve"}],
    }
    Policies("main").save(read_policy(document, "main", 1, stage.clock.at, "test"))
    (payment_id,) = scene_of(stage).truth()["payments"]

    body: dict[str, Any] = {"payment_id": payment_id, "gateway": "standard", "reason": "damaged"}
    status, answer = answered(approve_refund(http_event("POST /refunds", body, "shop"), Context()))
    assert (status, "standard takes no refunds" in json.dumps(answer)) == (404, True)
    held = [item["reservations"]["M"] for item in stage.stack.items() if "reservations" in item]
    assert held == [{}]


def test_watching_never_calls_such_a_gateway(stage: Stage) -> None:
    scene_of(stage).pay("o-1", 40_00)
    stage.deliver()
    stage.clock.at += timedelta(hours=2)
    stage.watch()

    assert stage.failures == []


def test_the_scene_knows_the_truth_and_refuses_what_the_gateway_lacks(stage: Stage) -> None:
    scene = scene_of(stage)
    scene.pay("o-1", 40_00)
    scene.pass_time()

    (payment,) = scene.truth()["payments"].values()
    assert (payment["order_id"], payment["captured_minor"]) == ("o-1", 40_00)
    with pytest.raises(ValueError, match="no checkouts"):
        scene.finish("page", "paid")
