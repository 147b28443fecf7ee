"""serve_deliveries through its handler: what failed, what a day told, and once more."""

import json
from datetime import timedelta
from typing import Any

import pytest

from functions.serve_deliveries.app import lambda_handler as serve
from kassa.audit import store as audit_trail
from kassa.deliveries.delivery import Channel, Delivery, Outcome, Status
from kassa.deliveries.store import Deliveries
from tests.support.api_requests import get_event, sent
from tests.support.aws_stack import NOW, Context, FakeClock, Stack
from tests.support.deliveries import a_delivery

pytestmark = pytest.mark.usefixtures("stack")


def get(path: str, **query: str) -> tuple[int, Any]:
    answer = serve(get_event(path, **query), Context())
    return answer["statusCode"], json.loads(answer["body"])


def redrive(delivery_id: str, body: Any = None) -> tuple[int, Any]:
    event = sent("POST /deliveries/{delivery_id}/redrive", body or {})
    event["rawPath"] = event["requestContext"]["http"]["path"] = (
        f"/deliveries/{delivery_id}/redrive"
    )
    answer = serve(event, Context())
    return answer["statusCode"], json.loads(answer["body"])


def told(payment: str, outcome: Outcome, channel: Channel = Channel.WEBHOOK) -> Delivery:
    deliveries = Deliveries("main")
    attempt = deliveries.begin(a_delivery(payment, channel), is_repeatable=True)
    assert attempt
    return deliveries.end(attempt, outcome)


def test_without_a_day_what_failed_is_listed_newest_first(fake_clock: FakeClock) -> None:
    told("pi_1", Outcome(Status.SENT))
    failed = told("pi_2", Outcome(Status.FAILED, "refused"))
    unknown = told("pi_3", Outcome(Status.UNKNOWN, "no_answer"), Channel.MAIL)

    status, page = get("/deliveries")

    assert status == 200
    assert {one["delivery_id"] for one in page["deliveries"]} == {
        failed.delivery_id,
        unknown.delivery_id,
    }
    assert not page["has_more"]
    _, of_mail = get("/deliveries", channel="mail")
    assert [one["delivery_id"] for one in of_mail["deliveries"]] == [unknown.delivery_id]


def test_what_failed_is_read_page_by_page_each_once() -> None:
    failed = {told(f"pi_{n}", Outcome(Status.FAILED, "refused")).delivery_id for n in range(7)}
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        _, page = get("/deliveries", limit="3", **cursor)
        seen += [one["delivery_id"] for one in page["deliveries"]]
        if not page["has_more"]:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert sorted(seen) == sorted(failed)


def test_a_days_deliveries_are_listed_by_what_is_asked_for() -> None:
    sent_one = told("pi_1", Outcome(Status.SENT))
    told("pi_2", Outcome(Status.FAILED, "refused"))

    _, page = get("/deliveries", day=str(NOW.date()), status="sent")
    _, other_day = get("/deliveries", day=str(NOW.date() + timedelta(days=1)))

    assert [one["delivery_id"] for one in page["deliveries"]] == [sent_one.delivery_id]
    assert page["deliveries"][0]["recipient"] == "endpoint:we_1"
    assert other_day["deliveries"] == []
    assert get("/deliveries", day="tomorrow")[0] == 400


def test_one_is_shown_without_what_was_told() -> None:
    one = told("pi_1", Outcome(Status.SENT))
    status, shown = get(f"/deliveries/{one.delivery_id}")

    assert (status, shown["status"], shown["fact"]) == (200, "sent", "PaymentCaptured")
    assert not {"payload", "version"} & set(shown)
    assert get("/deliveries/dl_nobody")[0] == 404


def test_what_failed_is_driven_again_once_and_what_left_is_not(stack: Stack) -> None:
    failed, left = told("pi_1", Outcome(Status.FAILED)), told("pi_2", Outcome(Status.SENT))

    status, again = redrive(failed.delivery_id, {"reason": "their certificate is mended"})

    assert (status, again["status"]) == (200, "waiting")
    assert redrive(failed.delivery_id)[0] == 409
    assert redrive(left.delivery_id)[0] == 409
    assert redrive("dl_nobody")[0] == 404
    assert get("/deliveries")[1]["deliveries"] == []


def test_who_drove_it_again_stands_in_the_audit_trail() -> None:
    failed = told("pi_1", Outcome(Status.FAILED))
    redrive(failed.delivery_id, {"reason": "asked for by support"})

    (act,) = [json.loads(kept.content) for kept in audit_trail.items(NOW.date())]
    assert act["operation"] == "delivery.redrive"
    assert act["object_id"] == f"delivery/{failed.delivery_id}"
    assert act["reason"] == "asked for by support"
