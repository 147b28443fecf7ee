"""Lets the real code store one of everything, and keeps it; run by `write.py` alone."""

import json
import os
from pathlib import Path
from typing import Any

import boto3
from boto3.dynamodb.types import Binary

from functions.archive_facts.app import lambda_handler as archive
from functions.build_report.app import lambda_handler as report
from functions.generate_invoice.app import lambda_handler as invoice
from functions.track_order.app import lambda_handler as track
from functions.watch_gateways.app import lambda_handler as watch
from kassa.gateways import confirmations
from kassa.gateways.events import Delivery, UnverifiedNotification
from kassa.gateways.paypal.certificates import store as certificates
from kassa.gateways.standard.mapping import store as mappings
from kassa.ledger.compaction import OPEN_MAX
from kassa.people.api_key_store import ApiKeys
from kassa.platform import aws
from tests.support.api_requests import a_key
from tests.support.aws_stack import NOW, Context, Stack
from tests.support.builders import OPERATOR
from tests.support.gateway_scenes.standard import StandardScene
from tests.support.order_requests import post
from tests.support.order_scene import OrderScene, opened
from tests.support.orders import ORDER_BODY
from tests.support.queue_batches import batch, delivery, failed
from tests.support.reference_lifecycle import captured, disputed, ids, nth_refund, refunded
from tests.support.refund_stage import RefundStage, book_handler, http_event
from tests.support.refund_stage import stage as stage

FOLDER = Path(__file__).parent / os.environ.get("KASSA_RELEASE", "")
BY = (OPERATOR,)


def keep(name: str, content: Any) -> None:
    text = json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True, default=plain)
    (FOLDER / f"{name}.json").write_text(text + "\n")


def plain(value: Any) -> Any:
    return bytes(value.value if isinstance(value, Binary) else value).decode("latin-1")


def messages(facts: list[dict[str, Any]]) -> dict[str, Any]:
    return batch(*(json.dumps({"detail-type": f["data"]["fact"], "detail": f}) for f in facts))


def test_the_books_and_the_refunds(stage: RefundStage, stack: Stack, context: Context) -> None:
    lifecycle = ids(0)
    events = [*captured(lifecycle), *refunded(lifecycle), *disputed(lifecycle)]
    for event in events:
        assert failed(book_handler(batch(event), context)) == []
    unlisted = events[0] | {"id": "evt_unlisted", "type": "person.created"}
    assert failed(book_handler(batch(unlisted), context)) == []
    paid = stage.request_refund(stage.pay(), 10_00)
    stage.drain()
    stage.deliver()
    stage.request_refund(stage.pay(), 60_00, comment="It came broken.")  # which a person decides
    stage.drain()
    assert paid.lifecycle.approved_minor == 10_00
    many = stage.pay()
    for number in range(OPEN_MAX + 5):  # so that some of its objects get items of their own
        body = json.dumps(nth_refund(number)).replace(
            events[1]["data"]["object"]["payment_intent"], many
        )
        book_handler(batch(json.loads(body)), context)
    stage.pass_on()

    mappings.save("standard", "main", StandardScene(lambda: NOW.timestamp(), 1).mapping, *BY)
    ApiKeys().add(a_key(), *BY)
    notification = UnverifiedNotification(
        event_id="evt_1", gateway_type="t", happened_at=NOW, reads="r", object_id="o", name="n"
    )
    confirmations.keep(Delivery.model_validate(delivery(events[0])), notification, {"id": "o"})
    certificates.Certificates(stack.table).keep("https://gateway.example/cert", "PEM")
    watch({}, context)  # type: ignore[arg-type]

    facts = stage.facts
    assert failed(invoice(messages([f for f in facts if _is_captured(f)][:1]), context)) == []
    assert failed(archive(messages(facts[:60]), context)) == []
    stage.clock.at = stage.clock.at.replace(day=stage.clock.at.day + 2)
    report({"period": "daily", "day": f"{NOW:%Y-%m-%d}"}, context)

    keep("items", _first_of_many(stack.items()))
    keep("facts", _one_of_each(facts))
    queued = [delivery(event) for event in events]
    wake_ups = [{"refund_request_id": paid.request.refund_request_id}]
    keep("messages", {"EventsQueue": queued, "RefundsQueue": wake_ups})
    client = boto3.client("secretsmanager")
    value = client.get_secret_value(SecretId="kassa/api/stripe/main")["SecretString"]
    keep("secrets", {"kassa/api/stripe/main": json.loads(value)})
    _keep_objects(stack)


def test_orders(context: Context) -> None:
    with opened() as scene:
        scene.route("north", "south")
        assert post(ORDER_BODY)["statusCode"] == 200
        scene.north.is_out = True
        post(ORDER_BODY | {"order_id": "order-2"})
        scene.north.is_out = False
        facts = scene.capture("north", "pay_1", 60_00)
        scene.track(*facts)
        more = [json.loads(fact.model_dump_json()) for fact in facts]
        assert failed(track(messages(more), context)) == []
        keep("order_items", list(scene.store.all_items("orders")))
        keep("order_facts", more)


def _is_captured(fact: dict[str, Any]) -> bool:
    return bool(fact["data"]["fact"] == "PaymentCaptured")


def _one_of_each(facts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({fact["data"]["fact"]: fact for fact in facts}.values())


def _first_of_many(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out most of what there are very many of: events and closed objects of one payment."""
    kept: list[dict[str, Any]] = []
    seen: dict[tuple[str, str], int] = {}
    for item in items:
        kind = item["PK"]["S"], item["SK"]["S"].partition("#")[0]
        seen[kind] = seen.get(kind, 0) + 1
        if seen[kind] <= 20:
            kept.append(item)
    return kept


def _keep_objects(stack: Stack) -> None:
    """Keep an archived file of facts, the manifest and the report, as they lie in the bucket."""
    s3 = aws.client("s3")
    for one in s3.list_objects_v2(Bucket=stack.bucket)["Contents"]:
        key = one["Key"]
        if key.startswith(("facts/", "reports/")) and not key.endswith((".html", ".csv")):
            path = FOLDER / "bucket" / key
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(s3.get_object(Bucket=stack.bucket, Key=key)["Body"].read())


__all__ = ["OrderScene", "http_event", "stage"]
