"""Asking for codes says nothing of who is a customer, is limited, and leaves nothing to be read."""

import json
import logging
from datetime import timedelta
from typing import Any

import pytest

from kassa.customers.addresses import address_digest
from kassa.customers.sign_in_code import DIGITS
from kassa.customers.store import Customers
from kassa.messages.contacts.contact import Cause
from kassa.messages.contacts.contact_store import ContactStore
from kassa.platform import aws, drawn_secrets
from kassa.portal.limits_store import MOST, Limit
from tests.support.aws_stack import NOW, FakeClock, Stack
from tests.support.messages import deliveries, tell
from tests.support.portal import BEGIN, JANE, NOBODY, Portal, call, named


@pytest.fixture
def portal(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Portal:
    made = Portal(monkeypatch)
    named("customer-1", "order-1")
    return made


class Recorded:
    """A client that writes down what it is asked, without its values."""

    def __init__(self, client: Any, calls: list[str]) -> None:
        self._client, self._calls = client, calls

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)

        def record(**request: Any) -> Any:
            parts = sorted((one, len(json.dumps(request[one], default=str))) for one in request)
            self._calls.append(f"{name} {parts}")
            return method(**request)

        return record


def calls_of(portal: Portal, email: str) -> tuple[list[str], Any]:
    """Return what asking for a code of an address asks AWS, and what it is answered."""
    calls: list[str] = []
    services = ("dynamodb", "sqs", "secretsmanager", "events", "s3")
    own = {name: aws.client(name) for name in services}
    drawn_secrets.forget()
    aws.install({name: Recorded(client, calls) for name, client in own.items()})
    answer = portal.ask(email)
    aws.install(own | {"sesv2": portal.ses})
    return calls, answer


def test_the_same_is_done_and_answered_whoever_has_the_address(portal: Portal) -> None:
    """Down to the size of each write: addresses of one length leave nothing to tell them apart."""
    named("customer-2", "order-2", email="gone@buyer.example")
    Customers("main").erase("customer-2")
    named("customer-3", "order-3", email="dead@buyer.example")
    ContactStore("main").suppress(address_digest("main", "dead@buyer.example"), Cause.BOUNCE, NOW)
    addresses = (JANE, "else@buyer.example", "gone@buyer.example", "dead@buyer.example")
    found = [calls_of(portal, email) for email in addresses]

    assert all(calls == found[0][0] for calls, _ in found)
    assert [one.partition(" ")[0] for one in found[0][0]] == [
        *("get_secret_value", "update_item", "update_item", "put_item", "send_message_batch")
    ]
    assert len({answer.body["code_id"] for _, answer in found}) == len(addresses)
    blind = [(a.status, {**a.body, "code_id": ""}, a.headers) for _, a in found]
    assert all(one == blind[0] for one in blind)
    assert {len(answer.body["code_id"]) for _, answer in found} == {64}


def test_a_code_of_nobody_is_refused_as_any_wrong_one(portal: Portal) -> None:
    known, unknown = portal.ask().body["code_id"], portal.ask(NOBODY).body["code_id"]
    found = [call(BEGIN, {"code_id": one, "code": "1"}) for one in (known, unknown, "0" * 64)]

    assert [one.status for one in found] == [401] * 3
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("email", [JANE, NOBODY])
def test_the_limit_of_an_address_isnt_answered_and_the_last_code_stays_good(
    portal: Portal, fake_clock: FakeClock, email: str
) -> None:
    spelled = [email, email.upper(), f" {email}", email.title(), email]
    codes = [portal.ask(one, ip=f"192.0.2.{n}").body for n, one in enumerate(spelled)]
    mails = portal.mail()
    over = [portal.ask(email, ip=f"198.51.100.{n}") for n in range(20)]

    assert {one.status for one in over} == {202}
    assert {frozenset(one.body) for one in over} == {frozenset(codes[0])}
    assert portal.queued() == []
    assert len(mails) == (1 if email == JANE else 0)  # what was replaced before it was mailed isn't
    fake_clock.at += timedelta(hours=1)
    portal.ask(email)
    assert len(portal.queued()) == 1


def test_over_the_limit_the_code_that_was_mailed_last_still_lets_in(portal: Portal) -> None:
    code = [portal.code() for _ in range(MOST[Limit.CODES_OF_ADDRESS])][-1]
    portal.ask()

    assert call(BEGIN, code).status == 201


def test_all_guesses_at_an_address_are_bounded_however_often_codes_are_asked_for(
    portal: Portal,
) -> None:
    """A counter with each code alone is no bound: whoever asks anew guesses anew."""
    looked_at = 0
    for number in range(12):
        code_id = portal.ask(ip=f"192.0.2.{number}").body["code_id"]
        for guess in range(8):
            before = _tries(portal)
            call(BEGIN, {"code_id": code_id, "code": f"{guess}"}, ip=f"198.51.100.{number}")
            looked_at += _tries(portal) != before

    assert looked_at == MOST[Limit.CODES_OF_ADDRESS] * 5
    assert looked_at / 10**DIGITS < 1e-6


def _tries(portal: Portal) -> list[Any]:
    table = aws.client("dynamodb").scan(TableName="payments")["Items"]
    return [one.get("tries") for one in table if one["PK"]["S"].startswith("SIGNIN#")]


def test_a_source_that_asks_too_often_is_told_when_it_may_again(
    portal: Portal, fake_clock: FakeClock
) -> None:
    fake_clock.at += timedelta(minutes=20)
    asked = [portal.ask(f"a{n}@buyer.example", ip="2001:db8::1") for n in range(60)]
    refused = portal.ask(ip="2001:db8::ffff")  # of the same network

    assert {one.status for one in asked} == {202}
    assert (refused.status, refused.body["error"]["code"]) == (429, "rate_limited")
    assert refused.headers["Retry-After"] == "2400"
    for other in ("2001:db8:0:1::1", "::ffff:192.0.2.1", "::ffff:192.0.2.2", ""):
        assert portal.ask(ip=other).status == 202
    fake_clock.at += timedelta(seconds=2400)
    assert portal.ask(ip="2001:db8::1").status == 202


def test_a_source_that_tries_too_often_is_told_too(portal: Portal) -> None:
    tries = [
        call(BEGIN, {"code_id": f"{number:064x}", "code": "1"}, ip="203.0.113.99")
        for number in range(MOST[Limit.TRIES_OF_SOURCE] + 1)
    ]

    assert [one.status for one in tries] == [401] * MOST[Limit.TRIES_OF_SOURCE] + [429]
    assert call(BEGIN, portal.code()).status == 201


def test_a_header_that_a_stranger_writes_is_no_source(portal: Portal) -> None:
    """The address is the connection's: X-Forwarded-For is whatever somebody wrote there."""
    from functions.serve_portal.app import lambda_handler
    from tests.support.api_requests import sent
    from tests.support.aws_stack import Context

    statuses = []
    for number in range(MOST[Limit.CODES_OF_SOURCE] + 1):
        event = sent(
            "POST /portal/sign-in-codes",
            {"email": f"a{number}@buyer.example"},
            context=None,
            **{"x-forwarded-for": f"192.0.2.{number}"},
        )
        event["requestContext"]["http"]["sourceIp"] = "203.0.113.5"
        statuses.append(lambda_handler(event, Context())["statusCode"])

    assert statuses[-2:] == [202, 429]


@pytest.mark.parametrize("email", [JANE, NOBODY])
def test_without_the_secret_nobody_is_answered_and_nothing_is_kept(
    portal: Portal, stack: Stack, email: str
) -> None:
    aws.client("secretsmanager").delete_secret(
        SecretId="kassa/sign-in", ForceDeleteWithoutRecovery=True
    )
    answer = portal.ask(email)

    assert (answer.status, answer.body["error"]["code"]) == (503, "unavailable")
    assert portal.queued() == []
    assert not [one for one in stack.items() if one["PK"]["S"].startswith("SIGNIN")]


QUOTING = RuntimeError(f"550 mailbox {JANE} said no")


@pytest.mark.parametrize("raises", [[], [QUOTING, QUOTING]])
def test_no_code_no_token_and_no_address_is_left_anywhere(
    portal: Portal, stack: Stack, capsys: pytest.CaptureFixture[str], raises: list[Exception]
) -> None:
    logging.getLogger("kassa").setLevel(logging.DEBUG)
    code_id = portal.ask(ip="203.0.113.77").body["code_id"]
    queued = portal.queued()
    portal.ses.raises = list(raises)
    tell(*queued)
    portal.ses.raises = []
    code = portal.code() if raises else {"code_id": code_id, "code": _digits(portal)}
    call(BEGIN, code | {"code": "00000001"})
    begun = call(BEGIN, code)
    call("GET /portal/session", token=begun.body["session_token"])
    call("DELETE /portal/sessions/current", token=begun.body["session_token"])
    portal.ask("canary@stranger.example")
    portal.mail()

    kept = [one for one in stack.items() if not one["PK"]["S"].startswith(("CUSTOMER#",))]
    kept = [one for one in kept if not one["PK"]["S"].startswith("MESSAGESETTINGS#")]
    written = json.dumps(kept, default=str) + "".join(queued) + str(deliveries())
    shown = (written + str(stack.published()) + "".join(capsys.readouterr())).casefold()
    assert begun.status == 201
    assert stack.published() == []
    marks = (code["code"], begun.body["session_token"].casefold(), "jane@", "canary", "203.0.113")
    assert [mark for mark in marks if mark in shown] == []


def _digits(portal: Portal) -> str:
    from tests.support.portal import digits_in

    return digits_in(portal.ses.read[-1])


def test_what_is_kept_of_codes_and_sessions_goes_by_itself(portal: Portal, stack: Stack) -> None:
    portal.token()
    kept = {
        one["PK"]["S"].partition("#")[0]: int(one["expires_at"]["N"]) - NOW.timestamp()
        for one in stack.items()
        if one["PK"]["S"].startswith(("SIGNIN", "SESSION"))
    }

    assert kept == {"SIGNIN": 4200, "SIGNINCOUNT": 7200, "SESSION": 12 * 3600}
