"""People get into the console by a link that somebody made for them, and nobody else does."""

import re
from datetime import timedelta

import pytest

from kassa.audit import store as audit_trail
from kassa.audit.trail import AuditItem
from kassa.console.sign_in.issue_link import issue_link
from kassa.console.sign_in.link import OPEN, VALID_FOR
from kassa.core.errors import Conflict
from kassa.http_api.session import IDLE_MAX, LASTS_MAX
from kassa.people.persons import Role
from kassa.people.store import Persons
from kassa.platform import aws
from kassa.platform.settings import settings
from tests.support.aws_stack import NOW, FakeClock
from tests.support.console_pages import OPERATOR, Browser, person
from tests.support.console_pages import opened as opened

pytestmark = pytest.mark.usefixtures("opened")
MINUTE = timedelta(minutes=1)


def link(*roles: Role) -> str:
    return OPEN + issue_link(person(*roles), OPERATOR)


def test_a_link_asks_to_go_on_and_lets_in_by_post() -> None:
    browser, way = Browser(), link()

    asked = browser.get(way)
    assert (asked.status, asked.cookies) == (200, [])
    assert "Continue" in asked.text
    began = browser.post(way)

    assert (began.status, began.leads_to) == (303, "/console")
    [cookie] = began.cookies
    assert re.fullmatch(
        r"__Host-kassa=[\w-]{43}; Path=/; HttpOnly; Secure; SameSite=Lax", cookie
    ), cookie
    assert browser.get("/console").status == 200


def test_a_program_that_looks_at_links_redeems_nothing() -> None:
    way = link()
    for _ in range(3):
        Browser().get(way)

    assert Browser().post(way).status == 303


def test_a_link_is_good_once() -> None:
    way = link()
    Browser().post(way)
    again = Browser().post(way)

    assert (again.status, again.cookies) == (401, [])
    assert "kassa console open" in again.text


@pytest.mark.parametrize(
    ("after", "status"), [(VALID_FOR - MINUTE, 303), (VALID_FOR, 401), (VALID_FOR * 9, 401)]
)
def test_a_link_is_good_for_ten_minutes(
    fake_clock: FakeClock, after: timedelta, status: int
) -> None:
    way = link()
    fake_clock.at = NOW + after

    assert Browser().post(way).status == status


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "x" * 200, "../console", "%00"])
def test_a_token_that_nobody_was_given_lets_nobody_in(token: str) -> None:
    assert Browser().post(OPEN + token).status == 401


def test_no_link_is_made_for_somebody_who_left(fake_clock: FakeClock) -> None:
    left = person()
    Persons().disable(left.person_id, fake_clock.at, OPERATOR)

    with pytest.raises(Conflict, match="disabled"):
        issue_link(Persons().named(left.person_id), OPERATOR)


def test_another_site_signs_nobody_in_as_somebody_else() -> None:
    way = link()

    assert Browser().post(way, sec_fetch_site="cross-site").status == 401
    assert Browser().post(way).status == 303


def test_signing_in_begins_a_new_session_and_ends_the_one_before() -> None:
    browser = Browser().sign_in(person())
    first = browser.session
    browser.sign_in(person(name="Bert"))
    old = Browser()
    old.session = first

    assert browser.session != first
    assert "Bert" in browser.get("/console").text
    assert old.get("/console").status == 401


def test_what_is_kept_opens_nothing(stack: object) -> None:
    who = person()
    token = issue_link(who, OPERATOR)
    browser = Browser()
    browser.post(OPEN + token)
    kept = str(aws.client("dynamodb").scan(TableName=settings().table_name)["Items"])

    assert token not in kept
    assert browser.session not in kept


def test_both_the_link_and_the_sign_in_stand_in_the_audit_trail() -> None:
    who = person()
    Browser().sign_in(who)
    acts = [AuditItem.model_validate_json(one.content) for one in audit_trail.items(NOW.date())]
    [made] = [one for one in acts if one.operation == "console.link"]
    [began] = [one for one in acts if one.operation == "console.sign_in"]

    assert made.by == OPERATOR
    assert began.by.person_id == who.person_id
    assert {made.object_id, began.object_id} == {f"person/{who.person_id}"}


@pytest.mark.parametrize(
    ("every", "times", "status"),
    [
        (IDLE_MAX - MINUTE, 2, 200),
        (IDLE_MAX, 1, 401),
        (IDLE_MAX - MINUTE, int(LASTS_MAX / (IDLE_MAX - MINUTE)) + 1, 401),
    ],
)
def test_a_session_is_over_after_half_an_hour_idle_and_half_a_day(
    fake_clock: FakeClock, every: timedelta, times: int, status: int
) -> None:
    browser = Browser().sign_in(person())
    for _ in range(times):
        fake_clock.at += every
        answered = browser.get("/console")

    assert answered.status == status


def test_signing_out_ends_the_session_for_whoever_has_its_cookie() -> None:
    browser = Browser().sign_in(person())
    stolen = Browser()
    stolen.session = browser.session
    left = browser.send("/console/sign-out")

    assert left.status == 200
    assert "Max-Age=0" in left.cookies[0]
    assert stolen.get("/console").status == 401


def test_somebody_who_is_disabled_is_out_at_once(fake_clock: FakeClock) -> None:
    who = person()
    browser = Browser().sign_in(who)
    Persons().disable(who.person_id, fake_clock.at, OPERATOR)

    assert browser.get("/console").status == 401


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/console/sign-out", {}),
        ("/console/sign-out", {"form_token": "0" * 64}),
        ("/console/language", {"form_token": "", "language": "fi"}),
    ],
)
def test_a_form_that_isnt_of_this_session_does_nothing(path: str, form: dict[str, str]) -> None:
    browser = Browser().sign_in(person())
    refused = browser.post(path, form)

    assert refused.status == 403
    assert browser.get("/console").status == 200


def test_another_sessions_form_does_nothing() -> None:
    browser = Browser().sign_in(person())
    other = Browser().sign_in(person(name="Bert"))

    assert browser.post("/console/sign-out", {"form_token": other.form_token()}).status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "none"},
        {"sec_fetch_site": "", "origin": "https://evil.example"},
        {"sec_fetch_site": "", "origin": "null"},
        {"sec_fetch_site": "", "origin": ""},
        {"content_type": "text/plain"},
    ],
)
def test_what_none_of_our_pages_sent_does_nothing(headers: dict[str, str]) -> None:
    browser = Browser().sign_in(person())
    form = {"form_token": browser.form_token()}

    assert browser.post("/console/sign-out", form, **headers).status == 403
    assert browser.get("/console").status == 200


def test_an_old_browser_shows_by_its_origin_that_a_page_of_ours_sent_a_form() -> None:
    browser = Browser().sign_in(person())
    form, origin = {"form_token": browser.form_token()}, "http://127.0.0.1:4566"

    assert browser.post("/console/sign-out", form, sec_fetch_site="", origin=origin).status == 200
