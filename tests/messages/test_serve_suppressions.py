"""GET /suppressions and POST /suppressions/lift: who gets no more, and that they may again."""

import json
from datetime import timedelta
from typing import Any

import pytest

from functions.serve_deliveries.app import lambda_handler as serve
from kassa.audit import store as audit_trail
from kassa.core.errors import ContactNotFound
from kassa.customers.addresses import address_digest
from kassa.messages.contacts.contact import Cause
from kassa.messages.contacts.contact_store import ContactStore
from tests.support.api_requests import get_event, sent
from tests.support.aws_stack import NOW, Context, Stack
from tests.support.builders import OPERATOR

JANE, PHONE = "jane@buyer.example", "+358401234567"

pytestmark = pytest.mark.usefixtures("stack")


def suppress(address: str, cause: Cause, minutes: int = 0) -> str:
    digest = address_digest("main", address)
    assert ContactStore("main").suppress(digest, cause, NOW + timedelta(minutes=minutes))
    return digest


def cause_of(address: str) -> Cause | None:
    return ContactStore("main").read(address_digest("main", address)).cause


def listed(**query: str) -> Any:
    answer = serve(get_event("/suppressions", **query), Context())
    assert answer["statusCode"] == 200
    return json.loads(answer["body"])


def lift(address: str, reason: str = "their mailbox was full", **fields: Any) -> tuple[int, Any]:
    body = {"address": address, "reason": reason} | fields
    answer = serve(sent("POST /suppressions/lift", body), Context())
    return answer["statusCode"], json.loads(answer["body"])


def acts() -> list[dict[str, Any]]:
    return [json.loads(one.content) for one in audit_trail.items(NOW.date())]


def test_who_gets_no_more_is_listed_by_digest_page_by_page_newest_first() -> None:
    digests = [suppress(f"buyer-{n}@buyer.example", Cause.BOUNCE, n) for n in range(3)]
    first = listed(limit="2")
    rest = listed(limit="2", cursor=first["next_cursor"])

    seen = [one["address_digest"] for page in (first, rest) for one in page["suppressions"]]
    assert (seen, rest["has_more"]) == (digests[::-1], False)
    assert "@" not in str(first)


@pytest.mark.parametrize(
    ("address", "named"),
    [
        (JANE, "Jane@Buyer.example"),
        (JANE, address_digest("main", JANE)),
        (PHONE, "+358 40 123 4567"),
        (PHONE, "00358 40 1234567"),
    ],
)
def test_an_address_is_lifted_however_it_is_named_with_an_act_that_holds_none(
    address: str, named: str
) -> None:
    digest = suppress(address, Cause.BOUNCE)
    status, lifted = lift(named)

    assert (status, lifted["cause"], cause_of(address)) == (200, "bounce", None)
    assert listed()["suppressions"] == []
    [act] = acts()
    assert (act["operation"], act["object_id"]) == ("contact.lift", f"contact/{digest}")
    assert (act["before"], act["reason"]) == ("bounce", "their mailbox was full")
    assert act["by"]["key_id"]
    assert lift(named)[0] == 404


def test_a_complaint_is_lifted_only_by_whoever_says_that_it_is_one() -> None:
    suppress(JANE, Cause.COMPLAINT)
    status, error = lift(JANE)

    assert (status, cause_of(JANE), acts()) == (409, Cause.COMPLAINT, [])
    assert error["error"]["param"] == "despite_complaint"
    assert lift(JANE, despite_complaint=True)[0] == 200
    assert cause_of(JANE) is None


@pytest.mark.parametrize(
    ("address", "reason"),
    [(JANE, "   "), (JANE, f"{JANE} asked us"), ("jane", "a call"), ("040 1234567", "a call")],
)
def test_what_says_too_little_or_too_much_is_refused_and_repeated_nowhere(
    address: str, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    suppress(JANE, Cause.BOUNCE)
    status, error = lift(address, reason)

    assert (status, cause_of(JANE), acts()) == (400, Cause.BOUNCE, [])
    assert "jane" not in str(error)
    assert "jane" not in caplog.text


def test_a_complaint_that_comes_meanwhile_is_not_lifted_with_the_bounce(stack: Stack) -> None:
    digest = suppress(JANE, Cause.BOUNCE)
    contacts = ContactStore("main")
    was = contacts.find_suppression(digest)
    assert was
    contacts.suppress(digest, Cause.COMPLAINT, NOW)

    with pytest.raises(ContactNotFound):
        contacts.lift(was, OPERATOR, "the mailbox is mended")
    assert (cause_of(JANE), acts()) == (Cause.COMPLAINT, [])
