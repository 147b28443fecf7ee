"""The refund queue: people see what waits and why, and decide it by the API's own operation."""

from datetime import timedelta

import pytest

from kassa.audit import store as audit_trail
from kassa.audit.trail import AuditItem
from kassa.people.persons import Role
from kassa.people.store import Persons
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import RequestState
from tests.support.aws_stack import NOW, FakeClock
from tests.support.console_pages import OPERATOR, Browser, Page, person
from tests.support.console_pages import opened as opened
from tests.support.refund_stage import RefundStage
from tests.support.refund_stage import stage as stage

pytestmark = pytest.mark.usefixtures("opened")
HTML_MAX = 60 * 1024
HOSTILE = "<img src=x onerror=alert(1)>\"'&{{7*7}}"


@pytest.fixture
def case(stage: RefundStage) -> RefundCase:
    """Let a request wait that the policy leaves to a person."""
    return stage.request_refund(stage.pay(), 80_00, comment=HOSTILE)


@pytest.fixture
def clerk() -> Browser:
    return Browser().sign_in(person(Role.APPROVER))


def path_of(case: RefundCase, action: str = "") -> str:
    where = f"/console/refunds/{case.request.refund_request_id}"
    return f"{where}/{action}" if action else where


def act(browser: Browser, case: RefundCase, action: str, **form: str) -> Page:
    return browser.send(path_of(case, action), **form)


def approve(browser: Browser, case: RefundCase, **form: str) -> Page:
    return act(browser, case, "approve", confirmed="yes", **form)


def test_what_waits_is_listed_with_why_and_what_the_customer_writes(
    case: RefundCase, clerk: Browser
) -> None:
    shown = clerk.get("/console/refunds")

    for text in ("80.00 EUR", "Damaged", "order-1", "No rule fits", "2 days left", HOSTILE):
        assert text in shown.text
    assert path_of(case) in shown.body
    assert "<img" not in shown.body
    assert len(shown.body.encode()) < HTML_MAX


def test_a_request_is_shown_with_its_receipt_its_history_and_what_is_left(
    case: RefundCase, clerk: Browser
) -> None:
    shown = clerk.get(path_of(case))

    for text in ("Left to refund 100.00 EUR", "Requested", "Handed to a person", HOSTILE):
        assert text in shown.text
    assert "would have been" in shown.text
    assert "<img" not in shown.body
    assert len(shown.body.encode()) < HTML_MAX


def test_an_approval_is_shown_once_more_before_it_is_given(
    stage: RefundStage, case: RefundCase, clerk: Browser
) -> None:
    asked = act(clerk, case, "approve", how="full")

    assert asked.status == 200
    assert "Approve 80.00 EUR?" in asked.text
    assert stage.case(case).lifecycle.state is RequestState.ESCALATED

    given = approve(clerk, case, how="full")
    assert (given.status, given.leads_to) == (303, path_of(case))
    assert stage.case(case).lifecycle.state is RequestState.APPROVED
    assert "Approved" in clerk.get(path_of(case)).text


def test_the_money_leaves_and_the_trail_names_who_let_it(
    stage: RefundStage, case: RefundCase, fake_clock: FakeClock
) -> None:
    who = person(Role.APPROVER)
    approve(Browser().sign_in(who), case, how="full")
    fake_clock.at += timedelta(hours=1)
    stage.drain()
    acts = [AuditItem.model_validate_json(one.content) for one in audit_trail.items(NOW.date())]
    [kept] = [one for one in acts if one.operation == "refund.approve"]

    assert [one.amount for one in stage.refunds()] == [80_00]
    assert (kept.by.person_id, kept.by.key_id) == (who.person_id, "console")
    assert stage.case(case).lifecycle.approvers == (who.person_id,)


@pytest.mark.parametrize(
    ("amount", "minor"), [("30", 30_00), ("30.5", 30_50), (" 30,05 ", 30_05), ("80.00", 80_00)]
)
def test_a_part_is_approved_as_it_was_typed(
    stage: RefundStage, case: RefundCase, clerk: Browser, amount: str, minor: int
) -> None:
    assert approve(clerk, case, how="part", amount=amount).status == 303
    assert stage.case(case).lifecycle.approved_minor == minor


@pytest.mark.parametrize(
    "amount", ["", "x", "-1", "0", "1.234", "1,234.00", "1e3", "80.01", "9" * 20, "٣٠", "30 EUR"]
)
def test_an_amount_that_can_t_be_is_refused_by_a_page_that_says_so(
    stage: RefundStage, case: RefundCase, clerk: Browser, amount: str
) -> None:
    refused = approve(clerk, case, how="part", amount=amount)

    assert refused.status in (400, 409)
    assert "amount" in refused.text or "80.00 EUR" in refused.text
    assert stage.case(case).lifecycle.state is RequestState.ESCALATED


def test_more_than_was_requested_is_refused_before_anybody_is_asked_whether_they_are_sure(
    case: RefundCase, clerk: Browser
) -> None:
    refused = act(clerk, case, "approve", how="part", amount="80.01")

    assert refused.status == 400
    assert "80.00 EUR" in refused.text


def test_what_is_sent_twice_is_done_once(
    stage: RefundStage, case: RefundCase, clerk: Browser
) -> None:
    assert [approve(clerk, case, how="full").status for _ in range(2)] == [303, 303]
    assert len([one for one in stage.case(case).lifecycle.changes if one.step == "approved"]) == 1


def test_a_rejection_needs_one_of_the_reasons_and_shows_the_customers_text(
    stage: RefundStage, case: RefundCase, clerk: Browser
) -> None:
    assert "80.00" in clerk.get(path_of(case)).body.partition('value="too_late"')[2][:600]
    assert act(clerk, case, "reject").status == 400
    assert act(clerk, case, "reject", reason="because").status == 400
    assert act(clerk, case, "reject", reason="too_late").status == 303
    assert stage.case(case).lifecycle.state is RequestState.REJECTED
    assert "Too late" in clerk.get(path_of(case)).text


def test_the_customer_is_asked_and_the_request_goes_on_waiting(
    stage: RefundStage, case: RefundCase, clerk: Browser
) -> None:
    assert act(clerk, case, "ask", question="photo").status == 303
    assert stage.case(case).lifecycle.state is RequestState.ESCALATED
    assert "Customer asked" in clerk.get(path_of(case)).text


def test_who_looks_at_it_keeps_others_out_until_they_leave_it(
    case: RefundCase, clerk: Browser
) -> None:
    other = Browser().sign_in(person(Role.APPROVER, name="Bert"))
    act(clerk, case, "claim")

    assert "Anna" in other.get(path_of(case)).text
    assert approve(other, case, how="full").status == 409
    act(clerk, case, "hand-back")
    assert approve(other, case, how="full").status == 303


def test_an_approval_is_undone_while_there_is_time(
    stage: RefundStage, case: RefundCase, clerk: Browser, fake_clock: FakeClock
) -> None:
    approve(clerk, case, how="full")
    assert "can be undone until" in clerk.get(path_of(case)).text
    assert act(clerk, case, "undo").status == 303
    assert stage.case(case).lifecycle.state is RequestState.ESCALATED

    approve(clerk, case, how="full")
    fake_clock.at += timedelta(hours=2)
    stage.drain()
    late = Browser().sign_in(person(Role.APPROVER, name="Carl"))
    refused = act(late, case, "undo")
    assert refused.status == 409
    assert f'href="{path_of(case)}"' in refused.body


@pytest.mark.parametrize("role", [one for one in Role if one is not Role.APPROVER])
def test_who_may_not_decide_sees_the_request_and_changes_nothing(
    stage: RefundStage, case: RefundCase, role: Role
) -> None:
    browser, before = Browser().sign_in(person(role)), stage.case(case)
    shown = browser.get(path_of(case))

    assert shown.status == 200
    assert "Approve" not in shown.text
    for action in ("approve", "reject", "ask", "claim", "hand-back", "undo"):
        refused = act(browser, case, action, confirmed="yes", how="full", reason="too_late")
        assert refused.status == 403
        assert "Your roles don't allow this" in refused.text
    assert stage.case(case) == before


def test_a_role_that_was_taken_away_decides_nothing_more(
    stage: RefundStage, case: RefundCase
) -> None:
    who = person(Role.APPROVER)
    browser = Browser().sign_in(who)
    token = browser.form_token()
    Persons().change_roles(who.person_id, frozenset({Role.READER}), OPERATOR, leave_none=True)
    form = {"form_token": token, "confirmed": "yes", "how": "full"}

    assert browser.post(path_of(case, "approve"), form).status == 403
    assert stage.case(case).lifecycle.state is RequestState.ESCALATED


@pytest.mark.parametrize("named", ["rr_0", "rr_" + "0" * 24, "..", "%2e%2e", "x" * 300, "<b>"])
def test_an_id_that_was_guessed_is_not_there(stage: RefundStage, named: str) -> None:
    browser = Browser().sign_in(person(Role.APPROVER))

    for action in ("", "/approve", "/reject"):
        where = f"/console/refunds/{named}{action}"
        found = browser.send(where, confirmed="yes") if action else browser.get(where)
        assert found.status == 404, where
        assert "<b>" not in found.body


@pytest.mark.parametrize("action", ["resolve", "pay", "APPROVE", "approve/x", ""])
def test_an_act_that_there_isnt_is_not_done(
    stage: RefundStage, case: RefundCase, clerk: Browser, action: str
) -> None:
    before = stage.case(case)
    assert act(clerk, case, f"{action}", confirmed="yes").status == 404
    assert stage.case(case) == before


def test_an_empty_queue_says_what_comes_here(stage: RefundStage, clerk: Browser) -> None:
    assert "Nothing waits for a decision." in clerk.get("/console/refunds").text


@pytest.mark.parametrize("cursor", ["x", "", "' OR 1=1", "0" * 900])
def test_a_cursor_that_isnt_ours_is_refused(
    stage: RefundStage, clerk: Browser, cursor: str
) -> None:
    assert clerk.get(f"/console/refunds?cursor={cursor}").status in (200, 400)


def test_an_approval_is_offered_only_where_as_much_is_left(
    stage: RefundStage, clerk: Browser
) -> None:
    payment_id = stage.pay()
    case = stage.request_refund(payment_id, 80_00)
    asked = 'name="how" value="full"'
    assert asked in clerk.get(path_of(case)).body

    stage.client.v1.refunds.create({"payment_intent": payment_id, "amount": 100_00})
    stage.deliver()
    shown = clerk.get(path_of(case))
    assert asked not in shown.body
    assert 'name="how" value="part"' not in shown.body
    assert "Less is left of the payment than was asked for" in shown.text


def test_the_time_to_undo_stands_there_for_a_countdown(
    stage: RefundStage, case: RefundCase, clerk: Browser
) -> None:
    approve(clerk, case, how="full")

    assert 'data-until="2026-11-21T' in clerk.get(path_of(case)).body
