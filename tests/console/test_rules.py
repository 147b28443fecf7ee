"""Rules in the console: written as rows, checked by row, tried, saved by whoever may."""

import html
import re
from datetime import timedelta

import pytest

from infra import strict_files
from kassa.audit import store as audit_trail
from kassa.audit.trail import Actor, AuditItem
from kassa.people.create_person import create_person
from kassa.people.persons import Role
from kassa.people.store import Persons
from kassa.refunds.policy.model import Outcome
from kassa.refunds.policy.parse import read_policy, written
from kassa.refunds.policy.store import Policies
from tests.support.aws_stack import NOW
from tests.support.console_pages import OPERATOR, Browser, person
from tests.support.console_pages import opened as opened
from tests.support.fake_clock import FakeClock
from tests.support.rule_writer import Writer, fields_in, writer
from tests.support.rule_writer import finance as finance
from tests.support.source import ROOT

pytestmark = pytest.mark.usefixtures("opened", "stack")
HTML_MAX = 60 * 1024
HERE = "/console/rules/refunds"
HOSTILE = "<script>alert(1)</script>"
SMALL = {
    "rule.0.id": "small", "rule.0.name": "Small is paid at once",
    "rule.0.when": "amount: up to 40.00 EUR\nreason: damaged, not_received",
    "rule.0.then": "approve", "otherwise": "escalate", "decide_within_hours": "48",
    "remind_after_hours": "24", "undo_minutes": "5", "on_expiry": "keep",
    "second_person_over": "200.00 EUR",
}  # fmt: skip


def policies() -> Policies:
    return Policies("main")


def acts() -> list[AuditItem]:
    found = (AuditItem.model_validate_json(one.content) for one in audit_trail.items(NOW.date()))
    return [one for one in found if "save" in one.operation]


def test_without_rules_it_says_what_holds(finance: Writer) -> None:
    shown = finance.get("/console/rules")
    for text in ("a person decides every refund", "tried in their order", "nobody is reminded"):
        assert text in shown.text
    for kind in ("refunds", "routes", "reminders"):
        assert finance.get(f"/console/rules/{kind}").status == 200
    assert finance.get("/console/rules/others").status == 404


def test_a_policy_is_written_checked_and_saved(finance: Writer) -> None:
    finance.begin()
    assert finance.act("write", **SMALL).status == 303
    shown = finance.draft()
    assert "otherwise decides (escalate) what no rule takes" in shown.text  # a notice
    assert "up to 40.00 EUR" in shown.text
    assert policies().newest() is None

    saved = finance.act("save", **finance.form())
    assert (saved.status, saved.leads_to) == (303, HERE)
    policy = policies().newest()
    assert policy is not None
    [rule] = policy.rules
    assert (rule.rule_id, rule.then) == ("small", Outcome.APPROVE)
    assert policy.saved_by == finance.person_id
    assert [(one.operation, one.by.person_id) for one in acts()] == [
        ("policy.save", finance.person_id)
    ]
    ruling = finance.get(HERE)
    for text in ("Small is paid at once", "version 1 rules since", "Fina", "damaged, not received"):
        assert text in ruling.text
    assert finance.draft().status == 404


def test_the_documents_of_the_guide_go_through_the_form_unchanged(finance: Writer) -> None:
    document = strict_files.read(ROOT / "docs/policies/new.yaml")
    document.pop("effective_from", None)
    read = read_policy(
        document | {"effective_from": "2026-11-01T00:00:00Z"}, "main", 1, NOW, "someone"
    )
    policies().save(read, Actor(key_id="k1"))
    finance.begin()
    before, after = finance.draft(), finance.act("write", **finance.form())

    assert after.status == 303
    assert "This says the same as the newest version." in before.text
    assert "This says the same as the newest version." in finance.draft().text
    saved = finance.act("save", **finance.form())
    newest = policies().newest()
    assert saved.status == 303
    assert newest is not None
    same = {"effective_from": ""}
    assert written(newest) | same == written(read) | same


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("rule.0.when", "amount: 40", "40 isn't a range"),
        ("rule.0.when", "amount: up to 40", "isn't an amount like 50.00 EUR"),
        ("rule.0.when", "amounts: up to 40.00 EUR", "did you mean amount?"),
        ("rule.0.when", "reason: damagd", "did you mean damaged?"),
        ("rule.0.when", "risk_score: over x", "isn't a whole number"),
        ("rule.0.when", "amount: up to 1.00 EUR\namount: up to 2.00 EUR", "amount (twice)"),
        ("rule.0.id", "a b", "can't be an id"),
        ("rule.0.name", "", "is empty"),
        ("rule.0.when", "has_open_dispute: maybe", "maybe is no answer"),
        ("undo_minutes", "soon", "isn't a whole number"),
        ("undo_minutes", "1", "is below 5"),
        ("second_person_over", "200", "isn't an amount"),
        ("remind_after_hours", "60", "isn't before the deadline"),
        ("effective_from", "soon", "isn't a time like"),
    ],
)
def test_what_cant_be_is_said_at_its_row_and_nothing_is_lost(
    finance: Writer, field: str, value: str, says: str
) -> None:
    finance.begin()
    finance.act("write", **(SMALL | {field: value}))
    shown = finance.draft()

    assert says in shown.text
    kept = fields_in(shown.body)
    assert kept[field] == value
    assert kept["rule.0.then"] == "approve"
    if field.startswith("rule.0."):
        assert says in html.unescape(shown.body.partition('class="ruled wrong"')[2])
    assert finance.act("save", **kept).leads_to == f"{HERE}/{finance.person_id}"
    assert finance.act("try", **kept).status == 303
    assert finance.get(f"{HERE}/{finance.person_id}/try").status == 303
    assert policies().newest() is None


def test_a_rule_that_rejects_by_a_score_is_named_at_its_row(finance: Writer) -> None:
    finance.begin()
    scores = {"rule.0.when": "risk_score: over 60", "rule.0.then": "reject"}
    finance.act("write", **(SMALL | scores))

    assert "scores only route, so escalate instead" in finance.draft().text
    finance.act("save")
    assert policies().newest() is None


def test_rows_are_added_moved_and_taken_out_without_a_script(finance: Writer) -> None:
    finance.begin()
    finance.act("write", **SMALL, act="add rule")
    assert finance.form()["rule.1.id"] == ""
    second = finance.form() | {"rule.1.id": "risky", "rule.1.name": "Risky", "rule.1.when": ""}
    finance.act("write", **second, act="up rule 1")
    moved = finance.form()
    assert (moved["rule.0.id"], moved["rule.1.id"]) == ("risky", "small")
    assert moved["rule.1.when"].startswith("amount: up to 40.00 EUR")
    finance.act("write", **moved, act="down rule 0")
    assert finance.form()["rule.0.id"] == "small"
    finance.act("write", **finance.form(), act="remove rule 0")
    assert [one for one in finance.form() if one.endswith(".id")] == ["rule.0.id"]
    for odd in ("up rule 0", "remove rule 99", "up rule x", "add others", "x"):
        finance.act("write", **finance.form(), act=odd)
    assert finance.form()["rule.0.id"] == "risky"


def test_a_row_without_a_word_counts_nowhere(finance: Writer) -> None:
    finance.begin()
    empty = {"rule.0.id": "", "rule.0.name": "", "rule.0.when": "", "rule.0.then": "escalate"}
    shifted = {name.replace("rule.0", "rule.1"): value for name, value in SMALL.items()}
    finance.act("write", **(empty | shifted | {"rule.1.id": "a b"}))
    body = finance.draft().body
    assert body.index("can&#39;t be an id") > body.index('name="rule.1.id"')


def test_what_customers_or_colleagues_wrote_is_no_markup(finance: Writer) -> None:
    finance.begin()
    finance.act("write", **(SMALL | {"rule.0.name": HOSTILE, "note": "</textarea>" + HOSTILE}))
    finance.act("save")

    for path in (HERE, f"{HERE}/{finance.begin().person_id}"):
        shown = finance.get(path)
        assert "<script>alert" not in shown.body
        assert HOSTILE in html.unescape(shown.body)


def test_a_policy_begins_by_the_merchants_clock(finance: Writer) -> None:
    finance.begin()
    finance.act("save", **SMALL, effective_from="2026-12-01T08:00")
    newest = policies().newest()

    assert newest is not None
    assert f"{newest.effective_from:%Y-%m-%d %H:%M}" == "2026-12-01 08:00"
    assert "Version 1 is saved and begins to rule at" in finance.get(HERE).text


def test_a_policy_that_would_begin_in_the_past_stays_a_draft(finance: Writer) -> None:
    finance.begin()
    answered = finance.act("save", **SMALL, effective_from="2026-01-01T00:00")

    assert answered.status == 409
    assert "is over: decisions made since then stand" in answered.text
    assert finance.form()["rule.0.id"] == "small"


def test_an_old_sign_in_saves_nothing_and_loses_nothing(
    finance: Writer, fake_clock: FakeClock
) -> None:
    finance.begin()
    token = finance.form_token()
    fake_clock.at += timedelta(minutes=6)
    path = f"{HERE}/{finance.person_id}/save"
    answered = finance.post(path, SMALL | {"form_token": token})

    assert (answered.status, "Sign in once more" in answered.text) == (401, True)
    shown = finance.draft()
    assert fields_in(shown.body)["rule.0.id"] == "small"
    assert "To change something, sign in once more" in shown.text
    assert policies().newest() is None


def saved_for_two(finance: Writer) -> None:
    finance.begin()
    finance.act("save", **SMALL, second_person_to_save="yes")


def test_where_the_policy_asks_for_it_somebody_else_saves_what_one_wrote(
    finance: Writer, fake_clock: FakeClock
) -> None:
    saved_for_two(finance)
    finance.begin()
    changed = finance.form() | {"rule.0.when": "amount: up to 60.00 EUR"}
    refused = finance.act("save", **changed, second_person_to_save="yes")
    assert refused.status == 409
    assert "asks for a second person" in refused.text

    other = writer("Otto")
    path = f"{HERE}/{finance.person_id}"
    assert finance.person_id in other.get(HERE).body
    shown = other.get(path)
    assert "Fina wrote it." in shown.text
    assert "amount: up to 60.00 EUR" in shown.text
    assert 'name="rule.0.id"' not in shown.body
    assert other.send(f"{path}/write", **changed).status == 409
    assert other.send(f"{path}/discard").status == 409
    assert other.send(f"{path}/save").status == 409  # not what was looked at
    seen = re.findall(r'name="seen" value="([^"]+)"', shown.body)[0]
    fake_clock.at += timedelta(seconds=1)
    finance.act("write", **changed, second_person_to_save="yes")
    assert "look at it again" in other.send(f"{path}/save", seen=seen).text
    seen = re.findall(r'name="seen" value="([^"]+)"', other.get(path).body)[0]
    assert other.send(f"{path}/save", seen=seen).status == 303

    newest = policies().newest()
    assert newest is not None
    assert newest.version == 2
    assert newest.saved_by != finance.person_id
    assert acts()[-1].reason == f"written by {finance.person_id}"


def test_who_wrote_a_change_doesnt_save_it_through_a_colleagues_draft(finance: Writer) -> None:
    saved_for_two(finance)
    other = writer("Otto").begin()
    answered = other.act("save", **(SMALL | {"undo_minutes": "9"}))

    assert answered.status == 409
    assert policies().listed()[0].version == 1


def test_a_sole_person_needs_nobody() -> None:
    browser = Writer()
    browser.sign_in(create_person("Sol", [Role.FINANCE, Role.APPROVER], OPERATOR, is_sole=True))
    saved_for_two(browser)
    browser.begin()
    browser.act("save", **(SMALL | {"undo_minutes": "9"}))
    assert policies().listed()[0].version == 2


def test_history_says_who_saved_what_and_when(finance: Writer) -> None:
    finance.begin()
    finance.act("save", **SMALL, note="First")
    finance.begin()
    finance.act("save", **(finance.form() | {"rule.0.when": "amount: up to 60.00 EUR"}))
    shown = finance.get(HERE)

    for text in ("v2", "v1", "First", "Fina", "What is otherwise: 1", "small.when"):
        assert text in shown.text
    assert len(shown.body) < HTML_MAX


def test_a_draft_that_was_overtaken_says_so(finance: Writer) -> None:
    finance.begin()
    finance.act("write", **SMALL)
    other = writer("Otto").begin()
    other.act("save", **SMALL)

    assert "Version 1 was saved after this draft was begun." in finance.draft().text


def test_a_page_that_was_overtaken_saves_only_once_its_writer_saw_by_what(finance: Writer) -> None:
    saved = finance.begin().act("save", **SMALL)
    stale = finance.begin().form() | {"undo_minutes": "9"}
    other = writer("Otto").begin()
    other.act("save", **(other.form() | {"rule.0.when": "amount: up to 60.00 EUR"}))
    refused = finance.act("save", **stale)

    assert (saved.status, refused.status) == (303, 409)
    assert "version 2 was saved since you looked" in refused.text
    assert "amount: up to 60.00 EUR" in refused.text
    assert policies().listed()[0].version == 2
    seen = re.findall(r'name="over_version" value="([0-9]+)"', refused.body)[0]
    assert finance.act("save", **stale, over_version=seen).status == 303
    assert policies().listed()[0].version == 3


def test_a_draft_is_thrown_away(finance: Writer) -> None:
    finance.begin()
    finance.act("write", **SMALL)
    finance.act("discard")

    assert finance.draft().status == 404
    assert finance.begin().form().get("rule.0.id") is None


def test_trying_a_policy_saves_nothing(finance: Writer) -> None:
    finance.begin()
    answered = finance.act("try", **SMALL)
    shown = finance.get(answered.leads_to)

    assert shown.status == 200, shown.text
    assert "Nobody asked for a refund on these days." in shown.text
    assert policies().newest() is None
    assert finance.get(f"{answered.leads_to}?days=x").status == 200


@pytest.mark.parametrize("role", [Role.READER, Role.SUPPORT, Role.APPROVER, Role.DEVELOPER])
def test_who_writes_no_policies_sees_rules_and_no_draft(finance: Writer, role: Role) -> None:
    finance.begin()
    finance.act("write", **SMALL)
    browser = Browser().sign_in(person(role))

    shown = browser.get(HERE)
    assert shown.status == 200
    assert finance.person_id not in shown.body
    assert browser.get(f"{HERE}/{finance.person_id}").status == 403
    assert browser.send(f"{HERE}/begin").status == 403


def test_a_large_policy_fits_into_a_page_and_a_form(finance: Writer) -> None:
    finance.begin()
    rows = {
        f"rule.{number}.{part}": value
        for number in range(40)
        for part, value in {
            "id": f"rule-{number}",
            "name": f"Rule number {number}",
            "when": f"amount: up to {number + 1}.00 EUR\nrisk_score: up to 40",
            "then": "escalate",
        }.items()
    }
    assert finance.act("write", **(SMALL | rows)).status == 303
    assert finance.form()["rule.39.id"] == "rule-39"
    assert [one.name for one in Persons().listed()] == ["Fina"]
