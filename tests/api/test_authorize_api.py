"""The authorizer, whole: a key kept in the table, a request of payload 2.0, a simple answer."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest

from functions.authorize_api.app import lambda_handler
from kassa.core.callers import READING, Scope, caller_of
from kassa.core.errors import NotFound
from kassa.http_api.routes import SCOPES
from kassa.people.api_key_store import ApiKeys
from kassa.people.api_keys import Token, hashed, spell
from kassa.people.persons import Person, Role
from kassa.people.store import Persons
from kassa.platform.telemetry import logger
from tests.support.api_requests import SECRET, a_key
from tests.support.aws_stack import NOW, Context, FakeClock, Stack
from tests.support.builders import OPERATOR
from tests.support.template import CONSOLE, PORTAL, resources

PAYMENT = "GET /payments/{gateway}/{account}/{payment_id}"
OPENAPI = "GET /openapi.json"
RESOLVE = "POST /orders/{order_id}/attempts/{number}/resolve"


@pytest.fixture
def keys(stack: Stack) -> ApiKeys:
    return ApiKeys()


def employ(*roles: Role, **changes: Any) -> Person:
    """Add a person with these roles, or all."""
    fields = {
        "person_id": "person_" + "a1" * 6,
        "name": "Some Body",
        "roles": frozenset(roles or Role),
        "created_at": NOW,
    }
    person = Person(**{**fields, **changes})
    Persons().add(person, OPERATOR)
    return person


def call(route: str = PAYMENT, secret: str = SECRET, header: str | None = None) -> dict[str, Any]:
    shown = "Bearer " + spell(Token("0123456789abcdef", secret)) if header is None else header
    event = {"version": "2.0", "routeKey": route, "headers": {"authorization": shown}}
    return lambda_handler(event, Context())


def refusal(answer: dict[str, Any]) -> Any:
    """Return why a request isn't let in, none if it is; one that isn't bears no key's id."""
    assert answer["isAuthorized"]  # it goes on, and is answered with the reason
    context = answer["context"]
    assert ("key_id" in context) is ("refusal" not in context)
    return context.get("refusal")


def test_a_key_with_the_scope_is_allowed_and_named_to_the_api(keys: ApiKeys) -> None:
    keys.add(a_key(), OPERATOR)

    assert call() == {
        "isAuthorized": True,
        "context": {
            "key_id": "0123456789abcdef",
            "scopes": "payments:read",
            "is_sole": False,
        },
    }


@pytest.mark.parametrize("route", sorted(set(SCOPES) - {PAYMENT, "GET /payments", OPENAPI}))
def test_a_key_is_closed_to_routes_outside_its_scopes(keys: ApiKeys, route: str) -> None:
    keys.add(a_key(), OPERATOR)

    (scope,) = SCOPES[route]
    assert refusal(call(route)) == "missing_scope"
    assert call(route)["context"]["scope"] == scope


def test_a_key_that_only_reads_changes_nothing_but_may_try_a_policy(keys: ApiKeys) -> None:
    keys.add(a_key(scopes=READING), OPERATOR)

    posts = [route for route in SCOPES if route.startswith("POST")]
    assert {route for route in posts if refusal(call(route)) is None} == TRIES


def test_requesting_a_refund_and_deciding_it_are_rights_apart(keys: ApiKeys) -> None:
    keys.add(a_key(scopes=frozenset({Scope.REFUNDS_WRITE})), OPERATOR)

    assert refusal(call("POST /refunds")) is None
    assert refusal(call("POST /refunds/{refund_request_id}/{action}")) == "missing_scope"


@pytest.mark.parametrize("scope", list(Scope))
def test_every_valid_key_may_read_what_the_api_can_do(keys: ApiKeys, scope: Scope) -> None:
    keys.add(a_key(scopes=frozenset({scope}), person_id=employ(is_sole=True).person_id), OPERATOR)

    assert refusal(call(OPENAPI)) is None


def test_the_template_sends_exactly_the_described_routes_to_the_authorizer() -> None:
    routes = resources("ApiGatewayV2::Route").values()
    guarded = {route["RouteKey"] for route in routes if route.get("AuthorizerId")}
    open_to_all = {route["RouteKey"] for route in routes} - guarded
    assert guarded == {*SCOPES, "$default"}
    links = {"GET /pay/{token}", "HEAD /pay/{token}"}
    links |= {f"{method} /unsubscribe/{{token}}" for method in ("GET", "HEAD", "POST")}
    assert open_to_all == links | PORTAL | CONSOLE | {"POST /webhooks/{gateway}/{account}"}


@pytest.mark.parametrize(
    "route", ["PUT /payments", "POST /payments", "DELETE /refunds", "$default", ""]
)
def test_a_route_nobody_described_is_closed_to_a_key_with_every_scope(
    keys: ApiKeys, route: str
) -> None:
    keys.add(a_key(scopes=frozenset(Scope)), OPERATOR)

    assert refusal(call(route)) == "unknown_route"


@pytest.mark.parametrize("secret", ["", "5e" * 31, "5e" * 33, "5E" * 32, "00" * 32, "秘密"])
def test_a_secret_that_is_not_the_keys_own_is_denied(keys: ApiKeys, secret: str) -> None:
    keys.add(a_key(), OPERATOR)

    assert refusal(call(secret=secret)) == "invalid_key"


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic " + spell(Token("0123456789abcdef", SECRET)),
        spell(Token("0123456789abcdef", SECRET)),
        "Bearer other_0123456789abcdef_" + SECRET,
        "Bearer kassa__" + SECRET,
        "Bearer kassa_ffffffffffffffff_" + SECRET,
        f"Bearer kassa_{'f' * 3000}_{SECRET}",  # longer than any key of the table
        "Bearer kassa_0123456789abcdef_" + hashed(SECRET),
        "Bearer kassa_0123456789ABCDEF_" + SECRET,
        "Bearer kassa_0123456789abcdef\n_" + SECRET,
        f"Bearer kassa_{'a' * 2_049}_{SECRET}",  # longer than any key that the table takes
        f"Bearer kassa_{'鍵' * 7_000}_{SECRET}",
    ],
)
def test_what_is_no_key_is_denied(keys: ApiKeys, header: str) -> None:
    keys.add(a_key(), OPERATOR)

    assert refusal(call(header=header)) == ("invalid_key" if header else "missing_key")


def test_a_request_without_any_header_is_denied(keys: ApiKeys) -> None:
    assert refusal(lambda_handler({"routeKey": PAYMENT}, Context())) == "missing_key"


def test_a_key_ends_at_the_second_it_says(keys: ApiKeys, fake_clock: FakeClock) -> None:
    keys.add(a_key(), OPERATOR)

    fake_clock.at = NOW + timedelta(days=30) - timedelta(seconds=1)
    assert refusal(call()) is None
    fake_clock.at = NOW + timedelta(days=30)
    assert refusal(call()) == "expired_key"


def test_a_revoked_key_is_denied_from_then_on(keys: ApiKeys) -> None:
    keys.add(a_key(), OPERATOR)
    assert refusal(call()) is None

    keys.revoke("0123456789abcdef", NOW, OPERATOR)

    assert refusal(call()) == "revoked_key"
    assert refusal(call(secret="11" * 32)) == "invalid_key"  # only who proves it learns so


def test_revoking_twice_keeps_the_first_time(keys: ApiKeys) -> None:
    keys.add(a_key(), OPERATOR)
    keys.revoke("0123456789abcdef", NOW, OPERATOR)

    later = keys.revoke("0123456789abcdef", NOW + timedelta(hours=1), OPERATOR)

    assert later.revoked_at == NOW


def test_a_key_that_never_was_cannot_be_revoked(keys: ApiKeys) -> None:
    with pytest.raises(NotFound, match="ffff"):
        keys.revoke("ffff", NOW, OPERATOR)


def test_keys_are_listed_oldest_first(keys: ApiKeys) -> None:
    assert keys.listed() == []
    younger = a_key(key_id="00" * 8, created_at=NOW + timedelta(microseconds=1))
    keys.add(younger, OPERATOR)
    keys.add(a_key(), OPERATOR)

    assert keys.listed() == [a_key(), younger]


# Which change nothing, but may build what says what happened.
TRIES = {"POST /policies/try", "POST /reminders/policy/try", "POST /reports/window"}
DECIDE = "POST /refunds/{refund_request_id}/{action}"
EVERYTHING = frozenset(Scope)


def test_a_persons_key_names_them_to_the_api_by_their_id_alone(keys: ApiKeys) -> None:
    person = employ(Role.APPROVER)
    keys.add(a_key(scopes=frozenset({Scope.REFUNDS_DECIDE}), person_id=person.person_id), OPERATOR)

    answer = call(DECIDE)

    assert answer["context"] == {
        "key_id": "0123456789abcdef",
        "person_id": person.person_id,
        "scopes": "refunds:decide",
        "is_sole": False,
    }
    assert person.name not in str(answer)


@pytest.mark.parametrize("route", [DECIDE, "POST /policies", RESOLVE])
def test_a_key_of_no_person_never_decides_resolves_or_saves_whatever_its_scopes(
    keys: ApiKeys, route: str
) -> None:
    keys.add(a_key(scopes=EVERYTHING), OPERATOR)

    assert refusal(call(route)) == "missing_scope"
    assert refusal(call("POST /refunds")) is None


def test_a_key_opens_no_more_than_its_persons_roles_whatever_its_scopes(keys: ApiKeys) -> None:
    keys.add(a_key(scopes=EVERYTHING, person_id=employ(Role.APPROVER).person_id), OPERATOR)

    opened = {route for route in SCOPES if refusal(call(route)) is None}

    assert {route for route in opened if route.startswith("POST")} == {
        *(DECIDE, RESOLVE, *TRIES),
    }


def test_all_keys_of_a_disabled_person_are_denied_from_the_next_request_on(keys: ApiKeys) -> None:
    person = employ(Role.SUPPORT)
    keys.add(a_key(person_id=person.person_id), OPERATOR)
    assert refusal(call()) is None

    Persons().disable(person.person_id, NOW, OPERATOR)

    assert refusal(call()) == "missing_scope"


def test_a_key_of_a_person_nobody_knows_is_denied(keys: ApiKeys) -> None:
    keys.add(a_key(person_id="person_" + "b2" * 6), OPERATOR)

    assert refusal(call()) == "revoked_key"


def test_a_scope_of_a_newer_release_is_passed_over(keys: ApiKeys) -> None:
    item = {"key_id": "k", "scopes": "refunds:read moon:write"}

    assert caller_of(item).scopes == {Scope.REFUNDS_READ}


def test_neither_a_key_nor_its_hash_is_ever_logged(
    keys: ApiKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = StringIO()
    monkeypatch.setattr(logger.registered_handler, "stream", lines)
    keys.add(a_key(), OPERATOR)
    call()
    call("GET /events")
    call(secret="11" * 32)

    logged = lines.getvalue()
    assert "request allowed" in logged
    assert "request refused" in logged
    assert SECRET not in logged
    assert "11" * 32 not in logged
    assert hashed(SECRET) not in logged


def test_the_table_never_holds_a_secret(keys: ApiKeys, stack: Stack) -> None:
    keys.add(a_key(), OPERATOR)

    assert SECRET not in str(stack.items())
