"""What earlier releases stored, and what a later one may: read, worked on and kept, nothing lost.

`as_it_was` is what a release wrote; `planted` is the same with an unknown field in every object, as
the release after this one may write it.
"""

import json
import re
from pathlib import Path
from typing import Any

import boto3
import pytest

from functions.archive_facts.app import lambda_handler as archive
from functions.book_event.app import lambda_handler as book
from functions.build_report.app import lambda_handler as report
from functions.decide_refund.app import lambda_handler as decide
from functions.generate_invoice.app import lambda_handler as invoice
from functions.pay_refund.app import lambda_handler as pay
from functions.serve_api.app import lambda_handler as serve
from functions.track_order.app import lambda_handler as track
from functions.watch_gateways.app import lambda_handler as watch
from kassa.archive.runs import runs
from kassa.checkout.routing.store import SavedRoutes
from kassa.core import stored
from kassa.fact_catalog import KINDS
from kassa.gateways.standard.mapping import store as mappings
from kassa.people.api_key_store import ApiKeys
from kassa.platform import aws, secrets, table
from kassa.refunds.policy.store import Policies
from kassa.reports.store import Reports, manifest_bytes
from tests.releases.planting import NEW, paths, planted, planted_item
from tests.support import stripe_events as s
from tests.support.aws_stack import NOW, Context, Stack
from tests.support.facts import captured
from tests.support.queue_batches import batch, failed
from tests.support.reference_lifecycle import PI, nth_refund
from tests.support.refund_stage import ROUTE, answered, http_event
from tests.support.source import key_charts
from tests.support.template import resources

RELEASES = sorted(
    path for path in Path(__file__).parent.iterdir() if (path / "items.json").exists()
)
# Came after the newest release that left its fixtures; the next one leaves theirs.
NOT_YET = {
    *("Manual accounts", "Manual entry", "Manual likeness", "Payment link"),
    *("Buyer", "Customer", "Seller logo", "Seller profile", "Saved views"),
    *("Delivery", "Partner's circuit", "Partner's rate", "Partner's record"),
    *("Ruling target", "Target version", "Webhook endpoint", "Endpoint's circuit", "Replay"),
    *("Contact", "Daily count", "Message sent once", "Message settings"),
    *("Unsubscribe link", "Unsubscribed"),
    *("Person", "Register", "Request", "Audit item", "Audit head", "Failure"),
    *("Person's day", "Person's payment", "Smoke test", "Customer's comment", "Tax rates"),
    *("Reminder", "Reminder policy", "Reminder run", "Reminded customer"),
    *("Abandoned checkout", "Checkouts looked at", "Erasure", "Dispute", "Draft of rules"),
    *(
        "Sign-in code",
        "Sign-in count",
        "Session",
        "Staff session",
        "Sign-in link",
        "Attempt",
        "Staff address",
        "Staff identity",
        "Anomaly marks",
        "Anomaly alerts",
    ),
    *("Fee contracts", "Month's rates", "Language", "Assumptions", "Report build", "Support case"),
    *("Import", "Case's month", "Feedback", "Feedback count", "Ended tour"),
    "Payment note",
}
FACTS_NOT_YET = set(KINDS) - {
    *("BalanceTransactionBooked", "DisputeFundsWithdrawn", "DisputeLost", "DisputeOpened"),
    *(
        "MovementCorrected",
        "PaymentCaptured",
        "RefundAccepted",
        "RefundApproved",
        "RefundSubmitted",
    ),
    *("RefundEscalated", "RefundRequested", "RefundSucceeded", "RefundTraced"),
}
Items = dict[tuple[str, str], dict[str, Any]]


def held(release: Path, name: str) -> Any:
    return json.loads((release / f"{name}.json").read_text())


def items_of(release: Path) -> list[dict[str, Any]]:
    return [table.plain(one) for name in ("items", "order_items") for one in held(release, name)]


class Kept:
    """A release's data in the table and the bucket, planted or as it was."""

    def __init__(self, stack: Stack, release: Path, is_planted: bool) -> None:
        self.stack, self.release, self.is_planted = stack, release, is_planted
        for item in items_of(release):
            put = table.typed(planted_item(item) if is_planted else item)
            aws.client("dynamodb").put_item(TableName=stack.table, Item=put)
        bucket = release / "bucket"
        for path in filter(Path.is_file, bucket.rglob("*")):
            key, body = str(path.relative_to(bucket)), path.read_bytes()
            aws.client("s3").put_object(Bucket=stack.bucket, Key=key, Body=body)
        for name, value in held(release, "secrets").items():
            text = json.dumps(self.grown(value))
            boto3.client("secretsmanager").put_secret_value(SecretId=name, SecretString=text)
        secrets.forget()
        mappings.forget()
        self.before = self.items()

    def grown(self, value: Any) -> Any:
        return planted(value) if self.is_planted else value

    def items(self) -> Items:
        found = map(table.plain, self.stack.items())
        return {(str(one["PK"]), str(one["SK"])): one for one in found}

    def lost(self) -> list[str]:
        """Return every unknown field that was there and isn't any more."""
        now = self.items()
        return [
            f"{key}{path}"
            for key, item in self.before.items()
            for path in sorted({*paths(item)} - {*paths(now.get(key, {}))})
        ]

    def changed(self) -> set[str]:
        """Return the keys of what was there and reads otherwise now."""
        now = self.items()
        return {f"{pk} {sk}" for (pk, sk), item in self.before.items() if now[pk, sk] != item}

    def facts(self, name: str = "facts") -> list[dict[str, Any]]:
        return [self.grown(fact) for fact in held(self.release, name)]


@pytest.fixture(params=["as_it_was", "planted"])
def is_planted(request: pytest.FixtureRequest) -> bool:
    return bool(request.param == "planted")


@pytest.fixture(params=RELEASES, ids=lambda path: path.name)
def kept(request: pytest.FixtureRequest, stack: Stack, is_planted: bool) -> Kept:
    return Kept(stack, request.param, is_planted)


def messages(facts: list[dict[str, Any]]) -> dict[str, Any]:
    return batch(*(json.dumps({"detail-type": f["data"]["fact"], "detail": f}) for f in facts))


def get(route: str, query: str = "", **path: str) -> tuple[int, str]:
    event = http_event(f"GET {route}", "", "anna", **path) | {"rawQueryString": query}
    event["queryStringParameters"] = dict(re.findall(r"(\w+)=([^&]*)", query))
    answer = serve(event, Context())  # type: ignore[arg-type]
    return int(answer["statusCode"]), str(answer["body"])


def test_deliveries_that_come_again_change_nothing_and_are_published_whole(
    kept: Kept, context: Context
) -> None:
    for message in held(kept.release, "messages")["EventsQueue"]:
        assert failed(book(batch(json.dumps(kept.grown(message))), context)) == []
    published = [one["detail"] for one in kept.stack.published()]

    assert kept.changed() == set()
    assert len(published) >= 5
    assert all((NEW in fact["data"]) == kept.is_planted for fact in published)
    assert all((NEW in fact["metadata"]) == kept.is_planted for fact in published)
    posted = [posting for fact in published for posting in fact["data"]["postings"]]
    assert posted
    assert all((NEW in posting) == kept.is_planted for posting in posted)


def test_a_new_event_of_an_old_payment_is_booked(kept: Kept, context: Context) -> None:
    assert failed(book(batch(nth_refund(900)), context)) == []

    assert f"PAYMENT#stripe#main#{PI} STATE" in kept.changed()
    assert kept.lost() == []


def test_an_objects_item_that_left_its_payment_comes_back_with_all_it_holds(
    kept: Kept, context: Context
) -> None:
    closed = [one for one in kept.before.values() if one["SK"].startswith("OBJECT#re_")]
    pk, item = str(closed[0]["PK"]), closed[0]
    number = int(str(item["object_id"])[-6:])
    failing = json.loads(json.dumps(nth_refund(number)).replace(PI, pk.rpartition("#")[2]))
    failing["id"], failing["data"]["object"]["status"] = "evt_failed", "failed"

    assert failed(book(batch(failing), context)) == []
    assert kept.items()[pk, "EVENT#evt_failed"]["facts"]
    assert kept.lost() == []


def test_an_order_receives_the_rest_of_its_payment(kept: Kept, context: Context) -> None:
    charge = s.charge(
        "ch_rest", "pi_rest", amount=40_00, amount_captured=40_00, metadata={"order_id": "order-1"}
    )
    assert failed(book(batch(s.event("charge.succeeded", charge, "evt_rest")), context)) == []
    rest = [kept.grown(one["detail"]) for one in kept.stack.published()]

    assert failed(track(messages([*kept.facts("order_facts"), *rest]), context)) == []
    lifecycle = json.loads(kept.items()["ORDER#main#order-1", "LIFECYCLE"]["lifecycle"])
    payers = [lifecycle["paid_by"], *lifecycle.get("paid_with", [])]
    assert any(NEW in payer for payer in payers) == kept.is_planted  # a part before
    published_anew = re.compile(r"\.(part_payments|discrepancy)\.")
    assert [one for one in kept.lost() if not published_anew.search(one)] == []


def test_a_person_takes_on_an_old_request_and_every_wake_up_is_applied(
    kept: Kept, context: Context
) -> None:
    (waits,) = [
        pk
        for (pk, sk), item in kept.before.items()
        if sk == "LIFECYCLE"
        and pk[:7] == "REFUND#"
        and json.loads(item["lifecycle"])["state"] == "escalated"
    ]
    request = waits.removeprefix("REFUND#")
    path = {"refund_request_id": request, "action": "claim"}
    answer = decide(http_event(ROUTE, {}, "anna", **path), context)  # type: ignore[arg-type]

    assert answered(answer)[0] == 200
    assert NEW not in answer["body"]
    wake_ups = [*held(kept.release, "messages")["RefundsQueue"], {"refund_request_id": request}]
    assert failed(pay(batch(*(json.dumps(kept.grown(one)) for one in wake_ups)), context)) == []
    assert f"{waits} LIFECYCLE" in kept.changed()
    assert kept.lost() == []


def test_the_next_invoice_has_the_next_number(kept: Kept, context: Context) -> None:
    fact = json.loads(captured("pi_next", NOW, (5_00, "EUR"), order_id="o-9").model_dump_json())

    assert failed(invoice(messages([kept.grown(fact)]), context)) == []
    assert ("INVOICE#main#2026#00000002", "INVOICE") in kept.items()
    assert kept.lost() == []


def test_facts_are_archived_whole(kept: Kept, context: Context, tmp_path: Path) -> None:
    import duckdb

    facts = kept.facts()
    assert failed(archive(messages(facts), context)) == []
    s3, rows = aws.client("s3"), list[tuple[str, str | None]]()
    for one in s3.list_objects_v2(Bucket=kept.stack.bucket, Prefix="facts/")["Contents"]:
        body = s3.get_object(Bucket=kept.stack.bucket, Key=one["Key"])["Body"].read()
        (tmp_path / "facts.parquet").write_bytes(body)
        archived = duckdb.read_parquet(f"{tmp_path}/facts.parquet")
        details = "details" if "details" in archived.columns else "said"  # as 0.1.0 called it
        rows += archived.select("fact_id", details).fetchall()
    whole = [
        json.loads(content)["kept"]
        for _, content in rows
        if content and "kept" in json.loads(content)
    ]

    assert {fact["metadata"]["fact_id"] for fact in facts} <= {fact_id for fact_id, _ in rows}
    assert len(whole) == (len(facts) if kept.is_planted else 0)
    for fact in facts if kept.is_planted else []:
        (archived,) = [one for one in whole if one["metadata"] == fact["metadata"]]
        assert {*paths(fact)} <= {*paths(archived)}


def test_a_closed_report_is_made_again_to_the_same_bytes(kept: Kept, context: Context) -> None:
    day = NOW.date()
    run = runs("main", [day])[day]
    if not kept.is_planted:
        request = {"period": "daily", "day": str(day), "rebuild": True}
        assert report(request, context)["is_identical"] is True
    path = kept.release / "bucket" / run.manifest_key
    body = json.dumps(kept.grown(json.loads(path.read_text())), indent=1, ensure_ascii=False)
    aws.client("s3").put_object(Bucket=kept.stack.bucket, Key=run.manifest_key, Body=body.encode())

    assert manifest_bytes(Reports("main").manifest(run)) == body.encode()


def test_what_is_shown_shows_nothing_unknown(kept: Kept) -> None:
    refund = next(pk for pk, sk in kept.before if sk == "REQUEST").removeprefix("REFUND#")
    shown = [
        get("/payments/{g}/{a}/{p}", g="stripe", a="main", p=PI),
        get("/orders/{order_id}", order_id="order-1"),
        get("/refunds/{refund_request_id}", refund_request_id=refund),
        get("/refunds"),
        get("/policies"),
        get("/events", f"day={NOW:%Y-%m-%d}"),
    ]

    assert [status for status, _ in shown] == [200] * len(shown)
    assert [found for _, body in shown for found in _readings_elsewhere(json.loads(body))] == []


def _readings_elsewhere(body: Any) -> list[str]:
    """Return the unknown fields in an answer; what an event said is an open object."""
    return [path for path in paths(body) if ".reading." not in path]


def test_settings_of_another_release_are_read_and_half_a_rule_decides_nothing(kept: Kept) -> None:
    policy = Policies("main").active(NOW)
    (key,) = ApiKeys().listed()
    routes = SavedRoutes("main").ruling()

    assert bool(policy.rules) != kept.is_planted
    assert key.scopes
    assert [route.gateway for route in routes.routes] == ["north", "south"]
    assert stored.has_unknown(mappings.find("standard", "main").mapping) == kept.is_planted
    assert secrets.api_access("stripe", "main").api_key == "sk_test_1"


def test_the_clock_goes_its_round(
    kept: Kept, context: Context, capsys: pytest.CaptureFixture[str]
) -> None:
    watch({}, context)  # type: ignore[arg-type]

    assert "item left out" not in capsys.readouterr().out
    assert kept.lost() == []


def charted() -> dict[str, tuple[str, str]]:
    """Return every entity of the key charts, with patterns of its keys."""
    found: dict[str, tuple[str, str]] = {}
    for chart in key_charts():
        rows = chart.partition("Entity ")[2].partition("\n\n")[0].splitlines()
        for row in rows[1:]:
            spelled = re.match(r"(.+?) +(<subject>|[A-Z]{2,}\S*) +(\S.*?)(?:  |$)", row)
            assert spelled, row
            found[spelled[1]] = pattern(spelled[2]), pattern(spelled[3])
    return found


def pattern(key: str) -> str:
    key = re.sub(r"^<subject>", "(PAYMENT|PAYOUT|OBJECT)#[^#]+#[^#]+#.+", key)
    return re.sub(r"<[^>]*>", ".+", key)


def test_every_entity_has_a_fixture() -> None:
    there = [(str(i["PK"]), str(i["SK"])) for release in RELEASES for i in items_of(release)]
    found = {
        name
        for name, (pk, sk) in charted().items()
        if any(re.fullmatch(pk, one) and re.fullmatch(sk, other) for one, other in there)
    }

    assert set(charted()) - found == NOT_YET


def test_every_queue_and_every_kind_of_fact_has_a_fixture() -> None:
    newest = RELEASES[-1]
    queues = {name for name in resources("SQS::Queue") if "DeadLetter" not in name}
    of_bus = {"InvoicesQueue", "FactsQueue", "OrdersQueue", "ReportsQueue"}  # facts
    of_bus |= {"MessagesQueue", "WebhooksQueue", "PartnersQueue"}  # or name what is in the table
    of_bus |= {"CarrierEventsQueue"}  # what services of AWS write
    published = {fact["data"]["fact"] for fact in held(newest, "facts")}

    assert {*held(newest, "messages")} | of_bus == queues
    assert set(KINDS) - published == FACTS_NOT_YET
