"""Customers sign in by a code that is mailed to them, and nobody else does."""

import json
from datetime import timedelta
from typing import Any

import pytest

from kassa.core.errors import StaleWrite
from kassa.platform import aws
from tests.support.aws_stack import NOW, FakeClock, Stack
from tests.support.portal import BEGIN, END, JANE, SHOW, Portal, call, named


@pytest.fixture
def portal(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Portal:
    made = Portal(monkeypatch)
    named("customer-1", "order-1")
    return made


def test_a_code_from_the_mail_begins_a_session_of_the_customer(portal: Portal) -> None:
    code = portal.code()
    begun = call(BEGIN, code)

    assert begun.status == 201
    assert begun.body["customer_ids"] == ["customer-1"]
    assert begun.headers["Cache-Control"] == "no-store"
    shown = call(SHOW, token=begun.body["session_token"])
    assert (shown.status, shown.body["customer_ids"]) == (200, ["customer-1"])
    assert set(shown.body) == {"customer_ids", "ends_at", "idle_minutes"}
    [mail] = portal.ses.read
    assert mail["To"] == JANE
    assert mail["List-Unsubscribe"] is None
    assert "voimassa 10 minuuttia" in mail.get_body(("plain",)).get_content()


def test_the_mail_is_in_the_language_that_was_asked_for(portal: Portal) -> None:
    portal.ask(language="en")
    [mail] = portal.mail()

    assert mail["Subject"] == "Your sign-in code for Kauppa Oy"


def test_a_code_is_entered_with_spaces_or_in_another_script_s_digits(portal: Portal) -> None:
    code = portal.code()
    thai = "".join(chr(ord("๐") + int(one)) for one in code["code"])

    assert call(BEGIN, code | {"code": f" {thai[:4]} {thai[4:]}"}).status == 201


def test_an_address_is_the_same_in_capitals_and_with_spaces_around(portal: Portal) -> None:
    code = portal.code(" JANE@Buyer.Example ")

    assert portal.ses.read[-1]["To"] == JANE  # as the order spells it
    assert call(BEGIN, code).status == 201


@pytest.mark.parametrize(
    "typed",
    ["ȷane@buyer.example", "jane@buyer.example.", "jané@buyer.example", "j\u200bane@buyer.example"],
)
def test_an_address_that_only_looks_alike_is_another(portal: Portal, typed: str) -> None:
    assert portal.ask(typed).status == 202
    assert portal.mail() == []


def test_a_mail_never_goes_to_the_address_as_it_was_typed(portal: Portal) -> None:
    """The Kelvin sign in small letters is a k: GitHub's forgotten passwords went to strangers."""
    named("customer-2", "order-2", email="mike@buyer.example")
    portal.ask("mi\u212ae@buyer.example")

    assert [mail["To"] for mail in portal.mail()] == ["mike@buyer.example"]


def test_an_order_s_address_that_no_mail_gets_to_lets_nobody_in(portal: Portal) -> None:
    named("customer-2", "order-2", email="mi\u212ae@buyer.example")
    named("customer-3", "order-3", email="mike@buyer.example")
    begun = call(BEGIN, portal.code("mike@buyer.example"))

    assert begun.body["customer_ids"] == ["customer-3"]


def test_a_code_lets_in_once(portal: Portal) -> None:
    code = portal.code()

    assert [call(BEGIN, code).status for _ in range(3)] == [201, 401, 401]


def test_of_two_at_once_one_is_let_in(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second comes between the first's look and its write."""
    code = portal.code()
    client, inner = aws.client("dynamodb"), []

    class Racing:
        def __getattr__(self, name: str) -> Any:
            return getattr(client, name)

        def transact_write_items(self, **request: Any) -> Any:
            aws.install({"dynamodb": client})
            inner.append(call(BEGIN, code))
            return client.transact_write_items(**request)

    aws.install({"dynamodb": Racing()})
    outer = call(BEGIN, code)

    assert ([one.status for one in inner], outer.status) == ([201], 401)


def test_a_crash_before_the_session_leaves_the_code_unused(portal: Portal) -> None:
    code = portal.code()
    client = aws.client("dynamodb")

    class Crashing:
        def __getattr__(self, name: str) -> Any:
            return getattr(client, name)

        def transact_write_items(self, **request: Any) -> Any:
            raise StaleWrite("another write of this code is under way")

    aws.install({"dynamodb": Crashing()})
    crashed = call(BEGIN, code)
    aws.install({"dynamodb": client})

    assert (crashed.status, crashed.headers["Retry-After"]) == (503, "1")
    assert call(BEGIN, code).status == 201


def test_five_tries_end_a_code_and_the_right_one_comes_too_late(portal: Portal) -> None:
    code = portal.code()
    wrong = code | {"code": f"{(int(code['code']) + 1) % 10**8:08d}"}

    assert {call(BEGIN, wrong).status for _ in range(5)} == {401}
    assert call(BEGIN, code).status == 401


def test_the_fifth_try_may_be_the_right_one(portal: Portal) -> None:
    code = portal.code()
    for _ in range(4):
        call(BEGIN, code | {"code": "1"})

    assert call(BEGIN, code).status == 201


@pytest.mark.parametrize(("after_s", "status"), [(599, 201), (600, 401)])
def test_a_code_is_good_for_ten_minutes(
    portal: Portal, fake_clock: FakeClock, after_s: int, status: int
) -> None:
    code = portal.code()
    fake_clock.at += timedelta(seconds=after_s)

    assert call(BEGIN, code).status == status


def test_a_new_code_replaces_the_one_before(portal: Portal) -> None:
    first, second = portal.code(), portal.code()

    assert first["code"] != second["code"]
    assert call(BEGIN, first).status == 401
    assert call(BEGIN, second).status == 201


def test_a_code_lets_in_with_no_other_id(portal: Portal) -> None:
    named("customer-2", "order-2", email="other@buyer.example")
    mine, other = portal.code("other@buyer.example"), portal.code()

    assert call(BEGIN, mine | {"code_id": other["code_id"]}).status == 401
    assert call(BEGIN, mine | {"code_id": "0" * 64}).status == 401


def test_nobody_is_let_in_by_reading_a_link(portal: Portal) -> None:
    """Programs look through mail by GET; this mail has no link that grants anything."""
    code = portal.code()

    assert "https://" not in portal.ses.read[-1].get_body(("plain",)).get_content()
    assert call(SHOW, token=code["code"]).status == 401


def test_customers_who_share_an_address_share_its_session(portal: Portal) -> None:
    """A guest is another customer with each order."""
    named("order:A-1", "A-1")
    named("order:A-2", "A-2", email="JANE@buyer.example")
    begun = call(BEGIN, portal.code())

    assert begun.body["customer_ids"] == ["customer-1", "order:A-1", "order:A-2"]
    assert len(portal.ses.mails) == 1


def test_an_address_that_a_customer_had_before_lets_nobody_in(
    portal: Portal, fake_clock: FakeClock
) -> None:
    fake_clock.at += timedelta(days=1)
    named("customer-1", "order-2", email="new@buyer.example")
    portal.ask()

    assert portal.mail() == []
    assert call(BEGIN, portal.code("new@buyer.example")).status == 201


def test_whoever_has_many_orders_is_found_with_who_else_has_the_address(portal: Portal) -> None:
    for number in range(120):
        named("a-customer", f"n-{number}")

    assert call(BEGIN, portal.code()).body["customer_ids"] == ["a-customer", "customer-1"]


def test_a_session_ends_when_nobody_is_here_for_half_an_hour(
    portal: Portal, fake_clock: FakeClock
) -> None:
    token = portal.token()
    for _ in range(3):
        fake_clock.at += timedelta(minutes=29)
        assert call(SHOW, token=token).status == 200
    fake_clock.at += timedelta(minutes=30)
    assert call(SHOW, token=token).status == 401


def test_a_session_ends_after_half_a_day_whoever_is_here(
    portal: Portal, fake_clock: FakeClock
) -> None:
    token = portal.token()
    while fake_clock.at < NOW + timedelta(hours=12) - timedelta(minutes=20):
        fake_clock.at += timedelta(minutes=20)
        assert call(SHOW, token=token).status in (200, 401)
    fake_clock.at = NOW + timedelta(hours=12, seconds=-1)
    assert call(SHOW, token=token).status == 200
    fake_clock.at = NOW + timedelta(hours=12)
    assert call(SHOW, token=token).status == 401


def test_a_session_that_is_left_is_over_at_once_and_others_stay(portal: Portal) -> None:
    first, second = portal.token(), portal.token()

    assert [call(END, token=first).status for _ in range(2)] == [200, 401]
    assert call(SHOW, token=first).status == 401
    assert call(SHOW, token=second).status == 200


def test_a_session_that_was_left_isnt_brought_back_by_a_request_under_way(
    portal: Portal, fake_clock: FakeClock
) -> None:
    from kassa.portal.session_store import SESSIONS

    token = portal.token()
    read = SESSIONS.find("main", token)
    assert read is not None
    call(END, token=token)
    SESSIONS.touch("main", token, read, fake_clock.at + timedelta(minutes=5))

    assert call(SHOW, token=token).status == 401


@pytest.mark.parametrize("token", [None, "", "x", "x" * 101, "Bearer", "é"])
def test_a_token_that_nobody_was_given_shows_nothing(portal: Portal, token: str | None) -> None:
    shown = call(SHOW, token=token)

    assert (shown.status, shown.body["error"]["code"]) == (401, "no_session")
    assert shown.headers["WWW-Authenticate"].startswith("Bearer")
    assert call(END, token=token).status == 401


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": ""},
        {"email": "jane"},
        {"email": "a@b@c"},
        {"email": f"{'a' * 60}@{'b' * 200}.example"},
        {"email": ["jane@buyer.example"]},
        {"email": "jane@buyer.example\r\nBcc: all@buyer.example"},
        {"email": JANE, "language": "../../fi"},
        {"email": JANE, "customer_id": "customer-1"},
        "[]",
        "{",
    ],
)
def test_a_malformed_request_is_refused_and_asks_for_nothing(portal: Portal, body: Any) -> None:
    assert call("POST /portal/sign-in-codes", body).status == 400
    assert portal.queued() == []


@pytest.mark.parametrize(
    "change",
    [
        {"code_id": "x"},
        {"code_id": "F" * 64},
        {"code_id": None},
        {"code": ""},
        {"code": "1" * 41},
        {"code": 12345678},
        {"email": JANE},
    ],
)
def test_a_malformed_try_is_refused_and_takes_none(portal: Portal, change: dict[str, Any]) -> None:
    code = portal.code()

    assert {call(BEGIN, code | change).status for _ in range(6)} == {400}
    assert call(BEGIN, code).status == 201


@pytest.mark.parametrize("digits", ["²²²²²²²²", "\ud800", "١٢٣", "0", "-1", "NaN", "\x00" * 8])
def test_digits_of_any_kind_are_only_wrong(portal: Portal, digits: str) -> None:
    assert call(BEGIN, portal.code() | {"code": digits}).status in (400, 401)


def test_a_body_has_four_kilobytes_at_most(portal: Portal) -> None:
    answer = call("POST /portal/sign-in-codes", json.dumps({"email": "a" * 5000}))

    assert (answer.status, answer.body["error"]["code"]) == (413, "body_too_large")


def test_an_answer_is_kept_under_no_idempotency_key(portal: Portal, stack: Stack) -> None:
    from functions.serve_portal.app import lambda_handler
    from tests.support.api_requests import sent
    from tests.support.aws_stack import Context

    event = sent(BEGIN, portal.code(), context=None, **{"idempotency-key": "key-1"})
    assert [lambda_handler(dict(event), Context())["statusCode"] for _ in range(2)] == [201, 401]
    assert not [one for one in stack.items() if one["PK"]["S"].startswith("IDEMPOTENCY")]
