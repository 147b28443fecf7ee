"""The audit log's screen: who did what, and whether the day's chain is whole."""

from datetime import timedelta
from typing import Any

import boto3
import pytest

from functions.watch_gateways.app import lambda_handler as watch
from kassa.audit import store as audit_trail
from kassa.audit.trail import Act, Actor, Outcome
from kassa.people.persons import Role
from kassa.platform import aws, table
from tests.support.aws_stack import NOW, Context, Stack
from tests.support.builders import OPERATOR
from tests.support.console_pages import Browser, person
from tests.support.console_pages import opened as opened
from tests.support.fake_clock import FakeClock

pytestmark = pytest.mark.usefixtures("opened", "stack")
HTML_MAX = 60 * 1024
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def admin() -> Browser:
    return Browser().sign_in(person(Role.ADMIN, name="Ada"))


def act(operation: str, about: str, by: Actor = OPERATOR, **more: str) -> None:
    audit_trail.append(Act(operation=operation, object_id=about, by=by, **more))  # type: ignore[arg-type]


def tamper(stack: Stack, number: int, content: str) -> None:
    """Change an item as somebody does who may write the table."""
    client, place = boto3.client("dynamodb"), f"{number:08d}"
    key = {"PK": {"S": f"AUDIT#{NOW.date()}"}, "SK": {"S": place}}
    item = client.get_item(TableName=stack.table, Key=key)["Item"]
    client.put_item(TableName=stack.table, Item=item | {"content": {"S": content}})


def test_a_day_shows_who_did_what_newest_first_and_that_its_chain_is_whole(admin: Browser) -> None:
    act("policy.save", "policy/main", before="1", after="2")
    act("dead_letters.redrive", "queue/EventsDLQ", reason=HOSTILE, outcome=Outcome.BEGUN)
    shown = admin.get("/console/audit")

    assert shown.status == 200
    assert "This day's chain is whole · acts: 5" in shown.text  # with who came in
    for text in ("policy.save", "1 → 2", "begun, and no end noted", "console.sign_in", "Ada"):
        assert text in shown.text
    assert shown.text.index("dead_letters.redrive") < shown.text.index("policy.save")
    assert "<script>alert" not in shown.body
    assert len(shown.body) < HTML_MAX


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("who=key_7", ["refund.reject"]),
        ("who=ada", ["console.sign_in"]),
        ("what=refund.", ["refund.approve", "refund.reject"]),
        ("object=rr_2", ["refund.reject"]),
        ("who=key_7&object=rr_1", []),
    ],
)
def test_acts_are_found_by_who_what_and_object(
    admin: Browser, query: str, found: list[str]
) -> None:
    act("refund.approve", "refund_request/rr_1", Actor(key_id="key_1"))
    act("refund.reject", "refund_request/rr_2", Actor(key_id="key_7"))
    shown = admin.get(f"/console/audit?{query}")

    every = ("refund.approve", "refund.reject", "console.sign_in", "console.link")
    assert [one for one in every if f'lang="en">{one}</strong>' in shown.body] == found
    assert ("No act is like that." in shown.text) is not bool(found)


def test_an_object_leads_to_its_own_page(admin: Browser) -> None:
    act("refund.approve", "refund_request/rr_1")
    act("invoice.void", "invoice/2026-00000001")

    body = admin.get("/console/audit").body
    assert 'href="/console/refunds/rr_1"' in body
    assert 'href="/console/invoices/2026-00000001"' in body


def test_days_are_leafed_through_and_keep_what_is_asked(
    admin: Browser, fake_clock: FakeClock
) -> None:
    act("policy.save", "policy/main")
    fake_clock.at += timedelta(days=1)
    later = Browser().sign_in(person(Role.FINANCE))
    shown = later.get("/console/audit?what=policy.save")

    assert "No act is like that." in shown.text
    assert "day=2026-11-21" in shown.body
    before = later.get("/console/audit?what=policy.save&day=2026-11-21")
    assert "policy/main" in before.text
    assert "policy/main" in later.get("/console/audit?what=policy.save&days=7").text
    assert later.get("/console/audit?day=gone").status == 400
    assert later.get("/console/audit?day=2199-01-01").status == 200


@pytest.mark.parametrize("content", ['{"operation":"nothing"}', "gone"])
def test_a_chain_that_was_changed_is_named_where_it_breaks(
    admin: Browser, stack: Stack, content: str
) -> None:
    act("policy.save", "policy/main")
    tamper(stack, 2, content)
    shown = admin.get("/console/audit")

    assert "2026-11-21/2 was changed" in shown.text
    assert "chain is whole" not in shown.text
    assert "2026-11-21/2 was changed" in admin.get("/console/audit?what=gone&days=7").text


def test_a_day_that_is_over_is_held_against_what_was_kept_of_it(
    admin: Browser, stack: Stack, fake_clock: FakeClock
) -> None:
    act("policy.save", "policy/main")
    fake_clock.at += timedelta(days=1)
    aws.install({})
    watch({}, Context())  # type: ignore[arg-type]
    later = Browser().sign_in(person(Role.ADMIN))
    assert "is what was kept of it" in later.get("/console/audit?day=2026-11-21").text
    assert "This day's chain is whole" in later.get("/console/audit").text

    last = audit_trail.last(NOW.date())
    assert last is not None
    boto3.client("dynamodb").delete_item(
        TableName=stack.table,
        Key={"PK": {"S": "AUDIT#2026-11-21"}, "SK": {"S": last.place}},
    )
    broken = later.get("/console/audit?day=2026-11-21")
    assert "was published with" in broken.text


def test_a_first_page_asks_the_table_for_little(
    admin: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(150):
        act("policy.save", f"policy/{number}")
    asked, ask = list[str](), table.query

    def counted(**arguments: Any) -> Any:
        asked.append(str(arguments))
        return ask(**arguments)

    monkeypatch.setattr(table, "query", counted)
    shown = admin.get("/console/audit")

    assert "Older ones that aren't shown: 103" in shown.text
    assert len(asked) <= 2
    assert len(shown.body) < HTML_MAX


@pytest.mark.parametrize("role", [Role.READER, Role.SUPPORT, Role.APPROVER])
def test_who_watches_colleagues_needs_the_role(role: Role) -> None:
    browser = Browser().sign_in(person(role))

    assert browser.get("/console/audit").status == 403
    assert ">Audit log<" not in browser.get("/console").body
