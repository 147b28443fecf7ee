"""The read API, whole: events booked by the real handler, asked for as API Gateway asks."""

import json
from datetime import timedelta

import pytest

from infra import openapi
from kassa.core.postings import Account, Posting, balances
from kassa.http_api.routes import SCOPES
from kassa.platform import aws
from tests.support import stripe_events as s
from tests.support.api_description import api_description
from tests.support.api_requests import DAY, booked, get
from tests.support.aws_stack import FakeClock, Stack
from tests.support.template import PORTAL

CAPTURED = s.event("charge.succeeded", s.charge(), "evt_1")
SUCCEEDED = s.event("payment_intent.succeeded", s.payment_intent(), "evt_2")
REFUNDED_10 = s.event("refund.updated", s.refund(), "evt_3")
UNKNOWN = s.event("customer.created", {"id": "cus_1", "object": "customer"}, "evt_4")


def test_a_payment_shows_how_it_stands_and_what_may_still_be_refunded(stack: Stack) -> None:
    booked(CAPTURED, SUCCEEDED, REFUNDED_10)

    status, payment = get("/payments/stripe/main/pi_1")

    assert status == 200
    state = payment["state"]
    assert state["captured"] == {"amount_minor": 100_00, "currency": "EUR"}
    assert state["refunded"] == {"amount_minor": 10_00, "currency": "EUR"}
    assert state["headroom"] == {"amount_minor": 90_00, "currency": "EUR"}
    assert state["order_id"] == "order-1"
    object_reports = {one["object_id"]: one["state"] for one in state["objects"]}
    assert object_reports == {"pi_1": "captured", "ch_1": "captured", "re_1": "succeeded"}


def test_a_payments_postings_add_up_and_lead_to_their_events(stack: Stack) -> None:
    booked(CAPTURED, SUCCEEDED, REFUNDED_10)

    _, payment = get("/payments/stripe/main/pi_1")

    fields = Posting.model_fields
    shown = [{name: posting[name] for name in fields} for posting in payment["postings"]]
    sums = balances(Posting.model_validate(posting) for posting in shown)
    assert sums[Account.CUSTOMERS, "EUR"] == -90_00
    assert sums[Account.GATEWAY_CLEARING, "EUR"] == 90_00
    assert {one["event_id"] for one in payment["postings"]} == {"evt_1", "evt_3"}
    assert [one["event_id"] for one in payment["events"]] == ["evt_1", "evt_2", "evt_3"]


def test_headroom_is_what_the_table_keeps_with_reservations_taken_off(stack: Stack) -> None:
    booked(CAPTURED)
    aws.client("dynamodb").update_item(
        TableName=stack.table,
        Key={"PK": {"S": "PAYMENT#stripe#main#pi_1"}, "SK": {"S": "STATE"}},
        UpdateExpression="SET headroom = headroom - :x",
        ExpressionAttributeValues={":x": {"N": "2500"}},
    )

    _, payment = get("/payments/stripe/main/pi_1")

    assert payment["state"]["headroom"]["amount_minor"] == 75_00


def test_a_refund_that_waits_for_its_capture_is_shown_waiting(stack: Stack) -> None:
    booked(REFUNDED_10)

    _, payment = get("/payments/stripe/main/pi_1")

    assert payment["state"]["waiting"] == ["re_1"]
    assert payment["postings"] == []


@pytest.mark.parametrize(
    "path",
    ["/payments/stripe/main/pi_2", "/payments/stripe/asia/pi_1", "/payments/paypal/main/pi_1"],
)
def test_an_unknown_payment_is_not_found(stack: Stack, path: str) -> None:
    booked(CAPTURED)

    status, problem = get(path)

    assert status == 404
    assert path.rsplit("/", 1)[1] in problem["message"]


NAMES = [{"payment_id": "pi_1"}, {"payment_id": "ch_1"}, {"order_id": "order-1"}]


@pytest.mark.parametrize("named", NAMES)
def test_a_payment_is_found_by_its_id_by_a_charge_and_by_its_order(
    stack: Stack, named: dict[str, str]
) -> None:
    booked(CAPTURED, SUCCEEDED, REFUNDED_10)

    status, page = get("/payments", **named)

    assert (status, page["has_more"], page["next_cursor"]) == (200, False, None)
    [details] = page["payments"]
    assert (details["payment_id"], details["status"]) == ("pi_1", "partly_refunded")
    assert details["captured"] == {"amount_minor": 100_00, "currency": "EUR"}
    assert details["refundable"] == {"amount_minor": 90_00, "currency": "EUR"}
    assert details["captured_at"] == "2026-11-21T03:00:01Z"


@pytest.mark.parametrize("named", [{"payment_id": "pi_2"}, {"order_id": "order-2"}])
def test_a_payment_nobody_made_is_in_no_list(stack: Stack, named: dict[str, str]) -> None:
    assert get("/payments", **named)[1]["payments"] == []


@pytest.mark.parametrize(
    "named", [{"payment_id": "pi_1", "order_id": "order-1"}, {"order_id": "order-1", "day": DAY}]
)
def test_a_payment_is_named_in_one_way(stack: Stack, named: dict[str, str]) -> None:
    status, answer = get("/payments", **named)

    assert (status, answer["param"]) == (400, list(named)[1])


def test_a_days_events_come_newest_first(stack: Stack, fake_clock: FakeClock) -> None:
    for body in (CAPTURED, SUCCEEDED, REFUNDED_10, UNKNOWN):
        booked(body)
        fake_clock.at += timedelta(seconds=1)

    status, page = get("/events", day=DAY)

    assert status == 200
    assert [one["event_id"] for one in page["events"]] == ["evt_4", "evt_3", "evt_2", "evt_1"]
    assert page["next_cursor"] is None
    assert page["events"][0]["is_ignored"]


def test_events_are_listed_on_the_utc_day_they_were_booked(
    stack: Stack, fake_clock: FakeClock
) -> None:
    fake_clock.at = fake_clock.at.replace(hour=23, minute=59, second=59)
    booked(CAPTURED)
    fake_clock.at += timedelta(seconds=1)
    booked(SUCCEEDED)

    assert [one["event_id"] for one in get("/events", day=DAY)[1]["events"]] == ["evt_1"]
    assert [one["event_id"] for one in get("/events", day="2026-11-22")[1]["events"]] == ["evt_2"]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 11, 12, 13, 100])
def test_pages_show_every_event_once_whatever_their_size(
    stack: Stack, fake_clock: FakeClock, size: int
) -> None:
    names = [f"evt_{number}" for number in range(12)]
    for number, name in enumerate(names):
        booked(s.event("payout.paid", s.payout(f"po_{number}"), name))
        fake_clock.at += timedelta(seconds=number % 3)  # some at the same instant

    seen, cursor = [], {}
    while True:
        _, page = get("/events", day=DAY, limit=str(size), **cursor)
        assert len(page["events"]) <= size
        seen += page["events"]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}

    assert sorted(one["event_id"] for one in seen) == sorted(names)
    times = [one["booked_at"] for one in seen]
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_pages_of_one_type_leave_out_the_others_and_lose_none(
    stack: Stack, fake_clock: FakeClock, size: int
) -> None:
    for number in range(12):
        kind = "payout.failed" if number % 4 == 0 else "payout.paid"
        body = s.payout(f"po_{number}", status=kind.partition(".")[2])
        booked(s.event(kind, body, f"evt_{number}"))
        fake_clock.at += timedelta(seconds=1)

    seen, cursor = [], {}
    for _ in range(20):
        _, page = get("/events", day=DAY, limit=str(size), type="payout.failed", **cursor)
        seen += [one["event_id"] for one in page["events"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}

    assert seen == ["evt_8", "evt_4", "evt_0"]


def test_one_event_shows_the_facts_it_made_true(stack: Stack) -> None:
    booked(CAPTURED)

    status, event = get("/events/evt_1", day=DAY)

    assert status == 200
    assert event["gateway_type"] == "charge.succeeded"
    [fact] = event["facts"]
    assert fact["data"]["fact"] == "PaymentCaptured"
    assert fact["data"]["amount"] == {"amount_minor": 100_00, "currency": "EUR"}


@pytest.mark.parametrize(("event_id", "day"), [("evt_2", DAY), ("evt_1", "2026-11-20")])
def test_an_event_of_another_id_or_day_is_not_found(stack: Stack, event_id: str, day: str) -> None:
    booked(CAPTURED)

    status, problem = get(f"/events/{event_id}", day=day)

    assert status == 404
    assert event_id in problem["message"]
    assert day in problem["message"]


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("/events", {"day": "yesterday"}, "day"),
        ("/events", {"day": "2026-02-30"}, "day"),
        ("/events", {"day": DAY, "limit": "0"}, "limit"),
        ("/events", {"day": DAY, "limit": "101"}, "limit"),
        ("/events", {"day": DAY, "limit": "ten"}, "limit"),
        ("/events", {"day": DAY, "cursor": "!"}, "cursor"),
        ("/events", {"day": DAY, "cursor": "5pel5pys"}, "cursor"),
        ("/events", {"day": DAY, "type": ""}, "type"),
        ("/events/" + "e" * 300, {}, "event_id"),
        ("/refunds/" + "r" * 300, {}, "refund_request_id"),
        ("/orders/" + "o" * 300, {}, "order_id"),
        ("/payments/stripe/main/" + "p" * 300, {}, "payment_id"),
        ("/reports/daily/21.11.2026", {}, "day"),
        ("/reports/hourly/2026-11-21", {}, "period"),
        ("/reports/weekly/2026-11-21", {}, "day"),
        ("/reports/monthly/2026-13", {}, "day"),
        ("/reports/daily/..%2F..%2Fsecret", {}, "day"),
    ],
)
def test_a_request_that_cant_be_names_its_field(
    stack: Stack, path: str, query: dict[str, str], field: str
) -> None:
    status, problem = get(path, **query)

    assert status == 400
    assert problem["message"].startswith(f"{field}:")


def test_a_built_report_comes_as_it_is(stack: Stack) -> None:
    report = {"period": {"day": DAY}, "currencies": []}
    aws.client("s3").put_object(
        Bucket=stack.bucket,
        Key=f"reports/main/daily/{DAY}/report.json",
        Body=json.dumps(report).encode(),
    )

    assert get(f"/reports/daily/{DAY}") == (200, report)


@pytest.mark.parametrize(("period", "name"), [("weekly", "2026-W47"), ("monthly", "2026-11-F26")])
def test_a_week_and_a_month_are_found_by_their_names(stack: Stack, period: str, name: str) -> None:
    key = f"reports/main/{period}/{name}/report.json"
    aws.client("s3").put_object(Bucket=stack.bucket, Key=key, Body=b'{"facts": {}}')

    assert get(f"/reports/{period}/{name}") == (200, {"facts": {}})
    status, problem = get(f"/reports/{period}/{name.replace('26', '25', 1)}")
    assert status == 404
    assert f"kassa report {period} 2025" in problem["message"]


def test_a_report_that_was_not_built_says_how_to_get_it(stack: Stack) -> None:
    status, problem = get(f"/reports/daily/{DAY}")

    assert status == 404
    assert f"kassa report daily {DAY}" in problem["message"]


def test_an_unknown_route_leads_to_the_description(stack: Stack) -> None:
    status, problem = get("/nowhere")

    assert status == 404
    assert "/openapi.json" in problem["message"]


def test_the_api_describes_itself(stack: Stack) -> None:
    status, described = get("/openapi.json")

    assert status == 200
    assert described["openapi"].startswith("3.1")


def test_the_committed_description_is_current() -> None:
    texts = openapi.texts()

    assert {path: path.read_text() for path in texts} == texts, (
        "the API changed: run '.venv/bin/python -m infra.openapi'"
    )


def test_the_description_names_the_routes_that_keys_are_checked_for() -> None:
    paths = api_description()["paths"].items()
    described = {f"{method.upper()} {path}" for path, methods in paths for method in methods}

    assert described | {"GET /openapi.json"} == {*SCOPES, *PORTAL}


def test_every_reference_in_the_description_leads_somewhere() -> None:
    described = api_description()
    named = set(described["components"]["schemas"])
    used = {part.split('"')[0] for part in json.dumps(described).split("#/components/schemas/")[1:]}

    assert used == named
