"""Whoever asks for whatever: nobody sees or does anything that their roles don't allow."""

import re
from datetime import timedelta

import pytest

from kassa.console.rights import SCOPES
from kassa.console.screens.registry import SCREENS
from kassa.console.serve_console import console, load_screen
from kassa.console.sign_in.issue_link import issue_link
from kassa.console.sign_in.link import OPEN
from kassa.core.callers import Scope
from kassa.http_api.routes import SCOPES as OF_API
from kassa.people.create_api_key import create_key_for_person
from kassa.people.persons import PERSONS_ALONE, Role, scopes_of
from tests.support.aws_stack import FakeClock
from tests.support.console_pages import OPERATOR, Browser, person
from tests.support.console_pages import opened as opened
from tests.support.issuer import FakeIssuer
from tests.support.issuer_pages import ANNA, anna, begun, browser, signed_in
from tests.support.issuer_pages import issuer as issuer

pytestmark = pytest.mark.usefixtures("opened", "stack")
ALIKE = {  # what the API asks for the same
    "GET /console": "GET /reports/today",
    "GET /console/refunds": "GET /refunds",
    "GET /console/refunds/<refund_request_id>": "GET /refunds/{refund_request_id}",
    "POST /console/refunds/<refund_request_id>/<action>": (
        "POST /refunds/{refund_request_id}/{action}"
    ),
    "GET /console/payments": "GET /payments",
    "GET /console/payments/totals": "GET /payments",
    "GET /console/payments/files/<form>": "GET /payments",
    "POST /console/payments/save": "GET /payments",
    "POST /console/payments/forget": "GET /payments",
    "GET /console/payments/<gateway>/<account>/<payment_id>": (
        "GET /payments/{gateway}/{account}/{payment_id}"
    ),
    "GET /console/disputes": "GET /disputes",
    "GET /console/disputes/<gateway>/<account>/<dispute_id>": (
        "GET /disputes/{gateway}/{account}/{dispute_id}"
    ),
    "POST /console/disputes/<gateway>/<account>/<dispute_id>/<action>": (
        "POST /disputes/{gateway}/{account}/{dispute_id}/{action}"
    ),
    "POST /console/payments/<gateway>/<account>/<payment_id>/refund": "POST /refunds",
    "POST /console/payments/<gateway>/<account>/<payment_id>/note": "POST /payments/manual",
    "GET /console/payments/<gateway>/<account>/<payment_id>/events/<event_id>": (
        "GET /events/{event_id}"
    ),
    "GET /console/invoices": "GET /invoices",
    "GET /console/invoices/<number>": "GET /invoices/{number}",
    "POST /console/invoices/<number>/<action>": "POST /invoices/{number}/{action}",
    "GET /console/customers": "GET /payments",
    "GET /console/customers/<customer_id>": "GET /payments",
    "POST /console/customers/<customer_id>/erase": "POST /customers/{customer_id}/erase",
    "GET /console/customers/<customer_id>/export": "GET /customers/{customer_id}/export",
    "GET /console/health": "GET /deliveries",
    "POST /console/health/<queue>": "POST /deliveries/{delivery_id}/redrive",
    "POST /console/health/deliveries/<delivery_id>/redrive": (
        "POST /deliveries/{delivery_id}/redrive"
    ),
    "GET /console/payouts": "GET /reports",
    "GET /console/payouts/<gateway>/<account>/<payout_id>": (
        "GET /payments/{gateway}/{account}/{payment_id}"
    ),
    "GET /console/reports": "GET /reports",
    "POST /console/reports/<action>": "PUT /message-settings",
    "GET /console/reports/<period>/<name>": "GET /reports/{period}/{day}",
    "GET /console/reports/<period>/<name>/<figure>": "GET /reports/{period}/{day}/figures/{figure}",
    "GET /console/alerts": "GET /anomalies/marks",
    "GET /console/alerts/<anomaly_id>": "GET /anomalies/marks",
    "POST /console/alerts/<anomaly_id>/mark": "PUT /anomalies/{anomaly_id}/mark",
}
OF_THE_CONSOLE = {  # which the API has no route for, or another
    "GET /console/rules": Scope.POLICIES_READ,
    "GET /console/rules/<kind>": Scope.POLICIES_READ,
    "POST /console/rules/<kind>/begin": Scope.POLICIES_WRITE,
    "GET /console/rules/<kind>/<person_id>": Scope.POLICIES_WRITE,
    "GET /console/rules/<kind>/<person_id>/try": Scope.POLICIES_WRITE,
    "POST /console/rules/<kind>/<person_id>/<action>": Scope.POLICIES_WRITE,
    "GET /console/audit": Scope.AUDIT_READ,
    "GET /console/settings": Scope.WEBHOOKS_READ,
    "GET /console/settings/gateways/<gateway>/<account>": Scope.WEBHOOKS_READ,
    "GET /console/settings/people": Scope.PEOPLE_WRITE,
    "POST /console/settings/people/create": Scope.PEOPLE_WRITE,
    "GET /console/settings/people/<person_id>": Scope.PEOPLE_WRITE,
    "POST /console/settings/people/<person_id>/<action>": Scope.PEOPLE_WRITE,
    "GET /console/settings/keys": Scope.KEYS_WRITE,
    "POST /console/settings/keys/create": Scope.KEYS_WRITE,
    "POST /console/settings/keys/<key_id>/revoke": Scope.KEYS_WRITE,
}
OF_THE_SESSION = {
    *("GET /console/search", "POST /console/language", "POST /console/sign-out"),
    *("GET /console/help", "POST /console/help/tour", "GET /console/glossary"),
    *("GET /console/when-down", "GET /console/feedback", "POST /console/feedback"),
}
every_route = pytest.mark.parametrize("route", SCOPES)


def ask(browser: Browser, route: str, token: str = "") -> int:
    method, _, path = route.partition(" ")
    path = re.sub(r"<\w+>", "claim", path)
    if method == "GET":
        return browser.get(path).status
    return browser.post(path, {"form_token": token} if token else {}).status


def test_every_route_has_its_right_and_every_right_a_route() -> None:
    for screen in SCREENS:
        load_screen(f"/console/{screen}")
    routes = console._static_routes + console._dynamic_routes
    assert {f"{one.method} {one.path}" for one in routes} == SCOPES.keys()
    assert SCOPES.keys() == ALIKE.keys() | OF_THE_CONSOLE.keys() | OF_THE_SESSION


@pytest.mark.parametrize(("route", "of_api"), ALIKE.items())
def test_a_route_asks_for_what_the_api_asks_for_the_same(route: str, of_api: str) -> None:
    assert {SCOPES[route]} == OF_API[of_api]


@pytest.mark.parametrize(("route", "scope"), OF_THE_CONSOLE.items())
def test_what_the_console_alone_does_takes_a_scope_that_no_machine_has(
    route: str, scope: Scope
) -> None:
    assert SCOPES[route] is scope
    assert scope in PERSONS_ALONE or route.startswith("GET ")


@every_route
def test_nobody_gets_in_without_a_session(route: str) -> None:
    for session in ("", "x", "x" * 43, "x" * 2000):
        browser = Browser()
        browser.session = session
        assert ask(browser, route) == 401


@every_route
@pytest.mark.parametrize("role", Role)
def test_a_role_opens_what_its_scopes_say_and_nothing_else(route: str, role: Role) -> None:
    browser = Browser().sign_in(person(role))
    answered = ask(browser, route, browser.form_token())
    scope = SCOPES[route]

    is_open = scope is None or scope in scopes_of([role])
    assert (answered != 403) is is_open
    assert answered in ((200, 303, 400, 404) if is_open else (403,))  # 400: an empty form


@every_route
def test_a_session_that_is_over_opens_nothing(route: str, fake_clock: FakeClock) -> None:
    browser = Browser().sign_in(person())
    token = browser.form_token()
    fake_clock.at += timedelta(hours=13)

    assert ask(browser, route, token) == 401


@every_route
def test_a_session_that_was_left_opens_nothing(route: str) -> None:
    browser = Browser().sign_in(person())
    token, session = browser.form_token(), browser.session
    browser.send("/console/sign-out")
    browser.session = session

    assert ask(browser, route, token) == 401


@every_route
def test_an_api_key_opens_nothing_here(route: str) -> None:
    """A key is for the API: neither as a header nor as a cookie does it open the console."""
    key, _ = create_key_for_person(person(Role.APPROVER, Role.SUPPORT), OPERATOR)
    for header, cookie in ((key, ""), ("", key), (key, key)):
        browser = Browser()
        browser.session = cookie
        if header:
            browser.headers["authorization"] = f"Bearer {header}"
        assert ask(browser, route) == 401


@every_route
def test_what_an_issuer_gave_opens_nothing_without_our_session(
    route: str, issuer: FakeIssuer
) -> None:
    anna()
    mine = browser()
    back = issuer.sign_in(begun(mine), "sub-anna", ANNA)
    assert ask(mine, route) == 401  # under way, with the attempt's cookie
    secret = mine.jar["__Host-kassa-sign-in"]
    mine.get(back)
    replayed = browser()
    replayed.jar["__Host-kassa-sign-in"] = secret

    assert replayed.get(back).status == 403
    assert ask(replayed, route) == 401


@every_route
@pytest.mark.parametrize("role", Role)
def test_an_issuers_person_may_do_what_their_roles_say(
    route: str, role: Role, issuer: FakeIssuer
) -> None:
    anna(role)
    mine = browser()
    signed_in(mine, issuer)
    scope = SCOPES[route]
    is_open = scope is None or scope in scopes_of([role])

    assert (ask(mine, route, mine.form_token()) != 403) is is_open


def test_a_replayed_link_opens_nothing() -> None:
    way = OPEN + issue_link(person(), OPERATOR)
    Browser().post(way)
    again = Browser()

    assert again.post(way).status == 401
    assert {ask(again, route) for route in SCOPES} == {401}
