"""Whatever the fake Stripe answers or sends has the shape that Stripe's specification gives it."""

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from infra.fake_gateways.kit.answers import Body
from tests.conformance.conftest import PAYLOADS, skip_without_payloads
from tests.support.fake_stripe import KEY, Scene

OPENAPI = PAYLOADS / "stripe" / "openapi"
SPEC_VERSION = "2020-08-27"
SCHEMAS = {
    *("customer", "payment_method", "payment_intent", "charge", "refund", "dispute"),
    *("balance_transaction", "payout", "event", "balance", "webhook_endpoint", "checkout.session"),
}
# What newer versions say and the example objects, made for another moment, don't.
SINCE = {
    "refund": {"failure_reason", "failure_balance_transaction", "next_action"},
    "balance_transaction": set(),
    "webhook_endpoint": {"secret"},
}


def nullable(schema: Any) -> Any:
    """Say OpenAPI 3.0's `nullable` in JSON Schema's own words."""
    if isinstance(schema, list):
        return [nullable(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    schema_of = {name: nullable(value) for name, value in schema.items()}
    return (
        {"anyOf": [{"type": "null"}, schema_of]}
        if schema_of.pop("nullable", False) is True
        else schema_of
    )


@lru_cache(maxsize=1)
def components() -> Body:
    spec = json.loads((OPENAPI / "spec3.json").read_text())
    assert spec["info"]["version"] == SPEC_VERSION
    return {"schemas": nullable(spec["components"]["schemas"])}


@lru_cache
def validator(kind: str) -> Draft202012Validator:
    reference = f"#/components/schemas/{kind}"
    return Draft202012Validator({"$ref": reference, "components": components()})


def objects(body: Any, kinds: set[str] = SCHEMAS) -> Iterator[Body]:
    """Yield every object in an answer, however deep."""
    if isinstance(body, list):
        for one in body:
            yield from objects(one, kinds)
    elif isinstance(body, dict):
        if str(body.get("object")) in kinds and "deleted" not in body:
            yield body
        for one in body.values():
            yield from objects(one, kinds)


PAGE: Any = {
    "mode": "payment",
    "line_items": [
        {"price_data": {"currency": "eur", "unit_amount": 50_00, "product_data": {"name": "Tea"}}}
        | {"quantity": 2}
    ],
    "payment_method_types": ["card", "klarna"],
    "locale": "fi",
    "client_reference_id": "o-2",
    "metadata": {"order_id": "o-2"},
    "payment_intent_data": {"metadata": {"order_id": "o-2"}},
    "success_url": "https://shop.example/thanks",
    "cancel_url": "https://shop.example/cart",
}


def lifecycles(scene: Scene) -> None:
    """Let everything happen once that can happen to money at Stripe."""
    fake = scene.fake
    customer = scene.v1.customers.create({"name": "Aino", "email": "aino@shop.example"})
    method: Any = {"type": "card", "card": {"number": "4242424242424242", "cvc": "123"}}
    card = scene.v1.payment_methods.create(method | {"metadata": {"a": "b"}})
    scene.v1.payment_methods.attach(card.id, {"customer": customer.id})
    payment = scene.pay(card=card.id, customer=customer.id, metadata={"order_id": "o-1"})
    charge = scene.charge(payment.id)
    for card_name in ("pm_card_chargeDeclined", "pm_card_radarBlock", "pm_card_riskLevelElevated"):
        params = {
            "amount": 100_00,
            "currency": "usd",
            "payment_method": card_name,
            "confirm": "true",
        }
        fake.request("POST", "/v1/payment_intents", params, KEY)
    scene.pay(card="pm_card_authenticationRequired")
    held, expired, partial = (scene.pay(capture_method="manual") for _ in range(3))
    scene.v1.payment_intents.cancel(held.id, {"cancellation_reason": "duplicate"})
    fake.expire_authorization(expired.id)
    scene.v1.payment_intents.capture(partial.id, {"amount_to_capture": 60_00})
    refund = scene.refund(payment.id, 10_00, reason="duplicate", metadata={"claim": "c"})
    fake.trace_refund(refund.id)
    fake.settle_refund(refund.id, "failed")
    fake.switches.refunds_begin = "pending"
    waiting = scene.refund(payment.id, 10_00)
    fake.settle_refund(waiting.id, "requires_action")
    scene.v1.refunds.cancel(waiting.id)
    won = fake.open_dispute(charge.id, 20_00)
    scene.v1.disputes.update(won["id"], {"evidence": {"customer_name": "Aino"}})
    fake.close_dispute(won["id"], "won")
    inquiry = fake.open_dispute(charge.id, 20_00, "warning_needs_response")
    fake.escalate_inquiry(inquiry["id"])
    fake.close_dispute(inquiry["id"], "lost")
    payout = fake.pay_out_all()
    assert payout is not None
    fake.settle_payout(payout["id"], "failed")
    fake.finish_checkout(payment_id=payment.id, status="complete")
    fake.finish_checkout(payment_id=held.id, status="expired")
    for outcome in ("paid", "declined", "expired"):
        fake.finish_checkout(scene.v1.checkout.sessions.create(PAGE).id, outcome)
    fake.announce_expiry(scene.v1.customers.create({"name": "Aino"}).id)
    endpoint: Any = {"url": "https://kassa.example/webhooks", "enabled_events": ["*"]}
    scene.v1.webhook_endpoints.create(endpoint)


def answers(scene: Scene, version: str) -> list[Body]:
    """Ask for everything in an API version, as it stands and expanded."""
    headers = KEY | {"Stripe-Version": version}
    kinds = [kind for kind in SCHEMAS if kind not in ("balance", "checkout.session")]
    expand = {
        "charge": ["data.balance_transaction", "data.payment_intent", "data.customer"],
        "refund": ["data.charge.payment_intent", "data.balance_transaction"],
        "balance_transaction": ["data.source"],
        "payment_intent": ["data.payment_method", "data.customer"],
        "dispute": ["data.charge"],
    }
    found = [
        scene.fake.request("GET", "/v1/balance", {}, headers),
        scene.fake.request("GET", "/v1/checkout/sessions", {"limit": "100"}, headers),
    ]
    for kind in kinds:
        for expanded in ([], expand.get(kind, [])):
            params = {"limit": "100"} | ({"expand": expanded} if expanded else {})
            found.append(scene.fake.request("GET", f"/v1/{kind}s", params, headers))
    assert [answer.body for answer in found if answer.status != 200] == []
    return [answer.body for answer in found]


def test_what_is_answered_in_the_specifications_version_keeps_its_schemas() -> None:
    skip_without_payloads()
    scene = Scene(api_version=SPEC_VERSION)
    lifecycles(scene)
    seen = set()
    for body in objects(answers(scene, SPEC_VERSION)):
        errors = sorted(validator(body["object"]).iter_errors(body), key=str)
        assert errors == [], (body["object"], errors[0].message, list(errors[0].absolute_path))
        seen.add(body["object"])
    assert seen == SCHEMAS


def test_what_is_sent_keeps_its_schemas() -> None:
    skip_without_payloads()
    scene = Scene(api_version=SPEC_VERSION)
    lifecycles(scene)
    for event in scene.events:
        for body in objects(event, SCHEMAS | {"card"}):
            errors = sorted(validator(body["object"]).iter_errors(body), key=str)
            assert errors == [], (event["type"], errors[0].message, list(errors[0].absolute_path))


def test_every_error_keeps_its_schema() -> None:
    skip_without_payloads()
    scene = Scene()
    payment = scene.pay()
    params: list[tuple[str, Body]] = [
        ("/v1/refunds", {"payment_intent": payment.id, "amount": "20000"}),
        ("/v1/refunds", {"payment_intent": payment.id, "reason": "because"}),
        ("/v1/refunds", {"charge": "ch_unknown"}),
        ("/v1/customers", {"colour": "red"}),
        ("/v1/payment_intents", {"amount": "1", "currency": "eur"}),
        (f"/v1/payment_intents/{payment.id}/cancel", {}),
        (
            "/v1/payment_intents",
            {"amount": "100", "currency": "eur", "payment_method": "pm_card_chargeDeclined"}
            | {"confirm": "true"},
        ),
    ]
    for path, form in params:
        headers = KEY | {"Stripe-Version": SPEC_VERSION}
        answer = scene.fake.request("POST", path, form, headers)
        assert answer.status >= 400, path
        errors = sorted(validator("api_errors").iter_errors(answer.body["error"]), key=str)
        assert errors == [], (path, errors[0].message, list(errors[0].absolute_path))


@pytest.mark.parametrize("version", ["2025-03-31.basil", "2018-11-08"])
def test_other_versions_differ_only_where_the_changelog_says(version: str) -> None:
    scene = Scene(api_version=version)
    lifecycles(scene)
    for body in objects(answers(scene, version)):
        is_new = version >= "2022-11-15"
        if body["object"] == "charge":
            assert ("refunds" in body) != is_new
        if body["object"] == "payment_intent":
            assert ("charges" in body, "latest_charge" in body) == (not is_new, is_new)
        if body["object"] == "refund":
            assert ("payment_intent" in body) == (version > "2019")


def test_the_newest_version_says_what_stripes_example_objects_say() -> None:
    """Every word of ours is one of theirs; what we leave out is rare, or of other products."""
    skip_without_payloads()
    examples = json.loads((OPENAPI / "fixtures3.json").read_text())["resources"]
    scene = Scene()
    lifecycles(scene)
    for body in objects(answers(scene, "2025-03-31.basil")):
        kind = body["object"].replace("checkout.session", "checkout_session")
        theirs = set(examples.get(kind, body)) | SINCE.get(kind, set())
        assert set(body) - theirs == set(), kind


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("charge", {"status": "paid"}),
        ("charge", {"amount": "100"}),
        ("refund", {"reason": "because"}),
        ("dispute", {"status": "open"}),
        ("payment_intent", {"metadata": {"a": 1}}),
        ("balance_transaction", {"type": "sale"}),
    ],
)
def test_the_specification_would_notice_a_wrong_value(kind: str, wrong: Body) -> None:
    skip_without_payloads()
    scene = Scene(api_version=SPEC_VERSION)
    lifecycles(scene)
    found = [body for body in objects(answers(scene, SPEC_VERSION)) if body["object"] == kind]
    assert not validator(kind).is_valid(found[0] | wrong)
