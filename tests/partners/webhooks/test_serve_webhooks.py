"""The API of webhook endpoints, through its handler."""

import json
from datetime import timedelta
from typing import Any

import pytest

from kassa.audit import store as audit_trail
from kassa.deliveries.delivery import Status
from kassa.partners.safe_http import SafeAnswer
from kassa.partners.webhooks.endpoints.endpoint import ENDPOINTS_MAX
from tests.support.webhook_requests import ONE, ask
from tests.support.webhook_world import MASTER, World, silent, status
from tests.support.webhook_world import world as world

ALL = {"url": "https://shop.example/hooks", "events": ["*"]}


def entered(**changes: Any) -> dict[str, Any]:
    code, made = ask("POST /webhook-endpoints", body=ALL | changes)
    assert code == 201, made
    return made  # type: ignore[no-any-return]


def test_an_endpoint_is_entered_and_its_secret_shown_once(world: World) -> None:
    made = entered(events=["Payment*"], description="the shop's own")
    endpoint_id = made["endpoint"]["endpoint_id"]

    assert made["secret"].startswith("whsec_")
    assert made["endpoint"]["owner_id"] == "person_0123456789ab"
    code, shown = ask(f"GET {ONE}", endpoint_id)
    assert code == 200
    assert shown["endpoint"] == made["endpoint"]
    code, listed = ask("GET /webhook-endpoints")
    assert listed["endpoints"] == [made["endpoint"]]
    kept = json.dumps([world.stack.items(), shown, listed])
    assert made["secret"].removeprefix("whsec_") not in kept
    assert MASTER not in kept


def test_a_key_pair_shows_its_public_half_alone(world: World) -> None:
    made = entered(scheme="v1a")

    assert made["secret"].startswith("whpk_")
    world.publish()
    world.run()
    assert world.taken[0].headers["webhook-signature"].startswith("v1a,")


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"url": "http://shop.example/"}, "url"),
        ({"url": "https://127.0.0.1/"}, "url"),
        ({"url": "https://user:word@shop.example/"}, "url"),
        ({"url": "https://shop.example/" + "a" * 1000}, "url"),
        ({"url": 5}, "url"),
        ({"events": []}, "events"),
        ({"events": ["paymentcaptured"]}, "events"),
        ({"events": "*"}, "events"),
        ({"description": "ask ann@example.com"}, "description"),
        ({"scheme": "v2"}, "scheme"),
        ({"secret": "whsec_mine"}, "secret"),
        ({"status": "active"}, "status"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field_and_nothing_kept(
    world: World, changes: dict[str, Any], param: str
) -> None:
    before = world.stack.items()
    code, error = ask("POST /webhook-endpoints", body=ALL | changes)

    assert (code, error["param"]) == (400, param)
    assert world.stack.items() == before


def test_there_are_fifty_at_most_and_deleting_makes_room(world: World) -> None:
    ids = [entered()["endpoint"]["endpoint_id"] for _ in range(ENDPOINTS_MAX)]
    assert ask("POST /webhook-endpoints", body=ALL)[0] == 409
    code, gone = ask(f"DELETE {ONE}", ids[0])

    assert (code, gone["endpoint_id"]) == (200, ids[0])
    assert ask("POST /webhook-endpoints", body=ALL)[0] == 201
    assert ask(f"GET {ONE}", ids[0])[0] == 404
    assert ask(f"DELETE {ONE}", ids[0])[0] == 404
    (item,) = (one for one in world.stack.items() if one["SK"]["S"] == ids[0])
    assert item["url"]["S"] == ""
    assert "expires_at" in item


def test_what_waits_for_a_deleted_endpoint_is_left(world: World) -> None:
    made = entered()
    world.answering["shop.example"] = status(500)
    world.publish()
    world.run()
    ask(f"DELETE {ONE}", made["endpoint"]["endpoint_id"])
    world.run(timedelta(days=1))

    assert len(world.taken) == 1
    assert [one.status for one in world.deliveries()] == [Status.SKIPPED]


def test_what_is_named_changes_and_nothing_else(world: World) -> None:
    made = entered(description="one")
    endpoint_id = made["endpoint"]["endpoint_id"]
    code, after = ask(f"PATCH {ONE}", endpoint_id, {"events": ["Refund*"]})

    assert code == 200
    assert after["endpoint"] == made["endpoint"] | {"events": ["Refund*"]}
    code, after = ask(
        f"PATCH {ONE}", endpoint_id, {"url": "https://new.example", "description": ""}
    )
    assert after["endpoint"]["url"] == "https://new.example/"
    assert after["endpoint"]["description"] == ""
    for wrong in ({}, {"scheme": "v1a"}, {"url": "http://new.example"}, {"events": ["x"]}):
        assert ask(f"PATCH {ONE}", endpoint_id, wrong)[0] == 400
    assert ask(f"PATCH {ONE}", "we_000000000000", {"is_enabled": False})[0] == 404


def test_an_endpoint_is_disabled_and_enabled_and_the_trail_says_so(world: World) -> None:
    endpoint_id = entered()["endpoint"]["endpoint_id"]
    _, off = ask(f"PATCH {ONE}", endpoint_id, {"is_enabled": False})
    assert (off["endpoint"]["status"], off["endpoint"]["disabled_because"]) == (
        "disabled",
        "by_person",
    )
    world.publish()
    world.run()
    _, on = ask(f"PATCH {ONE}", endpoint_id, {"is_enabled": True})
    assert (on["endpoint"]["status"], on["endpoint"].get("disabled_at")) == ("active", None)
    assert ask(f"PATCH {ONE}", endpoint_id, {"is_enabled": True})[0] == 200

    acts = [json.loads(one.content) for one in audit_trail.items(world.clock.at.date())]
    assert [one["operation"] for one in acts] == [
        f"webhook_endpoint.{name}" for name in ("create", "disable", "enable")
    ]
    assert {one["by"]["person_id"] for one in acts} == {"person_0123456789ab"}
    assert "shop.example" not in json.dumps(acts)
    assert world.taken == []


def test_a_rotated_secret_is_followed_and_both_sign_until_the_overlap_is_over(
    world: World,
) -> None:
    made = entered()
    endpoint_id = made["endpoint"]["endpoint_id"]
    code, after = ask(f"POST {ONE}/rotate", endpoint_id, {})
    assert code == 200
    assert after["secret"] != made["secret"]
    assert after["endpoint"]["previous_until"] == "2026-11-22T09:00:00Z"

    world.publish()
    world.run(timedelta(hours=24) - timedelta(seconds=1))
    world.publish(payment="pi_2")
    world.run(timedelta(seconds=1))
    world.publish(payment="pi_3")
    world.run()
    signatures = [len(one.headers["webhook-signature"].split(" ")) for one in world.taken]
    assert signatures == [2, 2, 1]


def test_a_second_rotation_within_the_overlap_would_cut_a_receiver_off(world: World) -> None:
    endpoint_id = entered()["endpoint"]["endpoint_id"]
    ask(f"POST {ONE}/rotate", endpoint_id, {"overlap_hours": 1})
    code, error = ask(f"POST {ONE}/rotate", endpoint_id, {})
    assert (code, "overlap_hours 0" in error["message"]) == (409, True)

    code, last = ask(f"POST {ONE}/rotate", endpoint_id, {"overlap_hours": 0, "scheme": "v1a"})
    assert (code, last["endpoint"].get("previous_until")) == (200, None)
    world.publish()
    world.run()
    assert world.taken[0].headers["webhook-signature"].count(",") == 1
    for wrong in (-1, 169, "1", 1.5, None):
        assert ask(f"POST {ONE}/rotate", endpoint_id, {"overlap_hours": wrong})[0] == 400


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (status(200), {"is_taken": True, "status": 200}),
        (status(302), {"is_taken": False, "status": 302, "reason": "status 302"}),
        (silent, {"is_taken": False, "reason": "no_answer"}),
    ],
)
def test_a_test_says_what_the_endpoint_answers_and_leaves_nothing(
    world: World, answer: Any, said: dict[str, Any]
) -> None:
    endpoint_id = entered()["endpoint"]["endpoint_id"]
    before = world.stack.items()
    world.answering["shop.example"] = answer
    code, tried = ask(f"POST {ONE}/test", endpoint_id, {})

    assert code == 200
    assert {name: tried.get(name) for name in said} == said
    assert world.taken[0].payload["type"] == "WebhookTest"
    assert world.stack.items() == before


def test_an_endpoint_shows_since_when_it_fails(world: World) -> None:
    endpoint_id = entered()["endpoint"]["endpoint_id"]
    world.answering["shop.example"] = lambda _: SafeAnswer(500, {}, b"")
    for number in range(4):
        world.publish(payment=f"pi_{number}")
    world.run()

    _, shown = ask(f"GET {ONE}", endpoint_id)
    assert shown["failing_since"] == "2026-11-21T09:00:00Z"
    assert shown["left_alone_until"] == "2026-11-21T09:01:00Z"
    _, after = ask(f"PATCH {ONE}", endpoint_id, {"url": "https://new.example/"})
    assert after.get("failing_since") is None  # at another address it begins anew
