"""What is more than one person may approve alone needs a sign-in of just now."""

from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from kassa.console.sign_in.session import FRESH_FOR
from kassa.core.callers import Caller, SignInTooOld, require_fresh
from kassa.people.persons import Role
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import RequestState
from tests.support.aws_stack import NOW, FakeClock
from tests.support.console_pages import Browser, Page, person
from tests.support.console_pages import opened as opened
from tests.support.issuer import FakeIssuer
from tests.support.issuer_pages import ANNA, anna, browser, signed_in
from tests.support.issuer_pages import issuer as issuer
from tests.support.refund_stage import RefundStage
from tests.support.refund_stage import stage as stage

LARGE, SMALL = 600_00, 80_00  # above what the code lets one person approve alone, and below
SECOND = timedelta(seconds=1)


def large(stage: RefundStage) -> RefundCase:
    return stage.request_refund(stage.pay(700_00), LARGE)


def approve(by: Browser, case: RefundCase) -> Page:
    way = f"/console/refunds/{case.request.refund_request_id}/approve"
    return by.send(way, confirmed="yes")


def fresh_way(page: Page) -> str:
    """Return the path of the fresh sign-in that a page leads to."""
    [url] = {one for one in page.body.split('"') if "/console/sign-in?" in one}
    parts = urlsplit(url.replace("&amp;", "&"))
    return f"{parts.path}?{parts.query}"


@pytest.mark.parametrize(
    ("after", "status"), [(FRESH_FOR - SECOND, 303), (FRESH_FOR, 401), (FRESH_FOR * 5, 401)]
)
def test_a_large_approval_needs_a_sign_in_of_five_minutes(
    stage: RefundStage, issuer: FakeIssuer, fake_clock: FakeClock, after: timedelta, status: int
) -> None:
    case = large(stage)
    anna()
    mine = browser()
    signed_in(mine, issuer)
    fake_clock.at = NOW + after
    answered = approve(mine, case)

    assert answered.status == status
    assert bool(stage.case(case).lifecycle.approvals) is (status == 303)


def test_a_fresh_sign_in_leads_back_to_the_request_in_a_new_session(
    stage: RefundStage, issuer: FakeIssuer, fake_clock: FakeClock
) -> None:
    case = large(stage)
    anna()
    mine = browser()
    signed_in(mine, issuer)
    fake_clock.at = NOW + FRESH_FOR
    asked, before = approve(mine, case), mine.session
    assert "Sign in once more" in asked.text
    began = mine.get(fresh_way(asked))
    query = dict(parse_qsl(urlsplit(began.leads_to).query))
    back = mine.get(issuer.sign_in(began.leads_to, "sub-anna"))
    old = browser()
    old.session = before

    assert (query["prompt"], query["max_age"]) == ("login", "300")
    assert back.leads_to == f"/console/refunds/{case.request.refund_request_id}"
    assert old.get("/console").status == 401
    assert approve(mine, case).status == 303
    assert stage.case(case).lifecycle.approvals


@pytest.mark.parametrize("claims", [{"proved_s": 301}, {"auth_time": None}])
def test_an_issuer_that_doesnt_ask_anew_makes_no_sign_in_fresh(
    stage: RefundStage, issuer: FakeIssuer, fake_clock: FakeClock, claims: dict[str, int | None]
) -> None:
    case = large(stage)
    anna()
    mine = browser()
    signed_in(mine, issuer)
    fake_clock.at = NOW + FRESH_FOR
    began = mine.get(fresh_way(approve(mine, case)))
    refused = mine.get(issuer.sign_in(began.leads_to, "sub-anna", ANNA, **claims))

    assert refused.status == 403
    assert "not_fresh" in refused.text
    assert mine.get("/console").status == 200
    assert approve(mine, case).status == 401


def test_a_sign_in_that_the_issuer_remembers_is_as_old_as_the_proof(
    stage: RefundStage, issuer: FakeIssuer
) -> None:
    """Somebody who proved who they are an hour ago is let in, and asked anew for what is large."""
    case = large(stage)
    anna()
    mine = browser()

    assert signed_in(mine, issuer, proved_s=3600).status == 303
    assert approve(mine, case).status == 401


def test_what_one_person_may_approve_alone_needs_no_fresh_sign_in(
    stage: RefundStage, issuer: FakeIssuer, fake_clock: FakeClock
) -> None:
    case = stage.request_refund(stage.pay(), SMALL)
    anna()
    mine = browser()
    signed_in(mine, issuer)
    fake_clock.at = NOW + FRESH_FOR * 5

    assert approve(mine, case).status == 303
    assert stage.case(case).lifecycle.state is RequestState.APPROVED


@pytest.mark.parametrize(("amount", "status"), [("600.00", 401), ("80.00", 303)])
def test_a_large_refund_is_asked_for_by_a_fresh_sign_in(
    stage: RefundStage, issuer: FakeIssuer, fake_clock: FakeClock, amount: str, status: int
) -> None:
    payment_id = stage.pay(700_00)
    anna(Role.SUPPORT)
    mine = browser()
    signed_in(mine, issuer)
    fake_clock.at = NOW + FRESH_FOR
    way = f"/console/payments/stripe/main/{payment_id}"
    form = {"amount": amount, "reason": "damaged", "claim_id": "console-1", "confirmed": "yes"}
    answered = mine.send(f"{way}/refund", **form)

    assert answered.status == status
    if status == 401:
        assert f"to={way.replace('/', '%2F')}" in answered.body


@pytest.mark.usefixtures("opened")
def test_a_new_link_is_a_fresh_sign_in(stage: RefundStage, fake_clock: FakeClock) -> None:
    case, who, mine = large(stage), person(Role.APPROVER), Browser()
    mine.sign_in(who)
    fake_clock.at = NOW + FRESH_FOR
    asked = approve(mine, case)

    assert (asked.status, "kassa console open" in asked.text) == (401, True)
    assert approve(mine.sign_in(who), case).status == 303


def test_a_key_is_shown_with_every_request_and_is_never_too_old() -> None:
    require_fresh(Caller(key_id="0123456789abcdef"), NOW)
    signed_in_before = Caller(key_id="console", fresh_until=NOW)

    require_fresh(signed_in_before, NOW - SECOND)
    with pytest.raises(SignInTooOld, match="sign in once more"):
        require_fresh(signed_in_before, NOW)
