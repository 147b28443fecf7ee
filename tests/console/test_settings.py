"""Settings: gateways and what to click, people with their roles, keys that are shown once."""

import re
from datetime import timedelta

import pytest

from kassa.audit import store as audit_trail
from kassa.audit.trail import AuditItem
from kassa.core.callers import Caller, Scope, ScopeMissing
from kassa.people.admit_person import admit_person
from kassa.people.api_key_store import ApiKeys
from kassa.people.issue_key import issue_key
from kassa.people.persons import Role, scopes_of
from kassa.people.store import Persons
from tests.support.aws_stack import NOW, keep_secret
from tests.support.console_pages import Browser, person
from tests.support.console_pages import opened as opened
from tests.support.fake_clock import FakeClock
from tests.support.staff import authorized

pytestmark = pytest.mark.usefixtures("opened", "stack")
PEOPLE, KEYS = "/console/settings/people", "/console/settings/keys"
HTML_MAX = 60 * 1024


@pytest.fixture
def admin() -> Browser:
    return Browser().sign_in(person(Role.ADMIN, name="Ada"))


def acts() -> list[str]:
    found = (AuditItem.model_validate_json(one.content) for one in audit_trail.items(NOW.date()))
    return [f"{one.operation} {one.by.key_id}" for one in found]


def admitted(admin: Browser, **fields: str) -> str:
    """Let somebody in by the form, and return their id."""
    form = {"name": "Bert", "email": "bert@shop.example", "role_support": "yes"} | fields
    answered = admin.send(f"{PEOPLE}/create", PEOPLE, **form)
    assert answered.status == 303, answered.text
    return answered.leads_to.rpartition("/")[2]


# --- gateways


def test_a_gateway_shows_what_to_click_and_that_its_secrets_are_there() -> None:
    reader = Browser().sign_in(person(Role.READER))
    before = reader.get("/console/settings/gateways/stripe/main")
    keep_secret("kassa/webhooks/stripe/main", '{"signing_secrets": ["whsec_secret"]}')
    after = reader.get("/console/settings/gateways/stripe/main")

    assert "Missing webhooks/stripe/main" in before.text
    assert "There webhooks/stripe/main" in after.text
    for text in ("/webhooks/stripe/main", "Add endpoint", "charge.captured", "no webhook yet"):
        assert text in after.text
    assert "whsec_" not in after.body
    assert "sk_test" not in after.body
    assert reader.get("/console/settings/gateways/stripe/other").status == 404


def test_settings_show_the_merchant_and_lead_where_roles_allow(admin: Browser) -> None:
    reader = Browser().sign_in(person(Role.READER, name="Rea"))

    assert PEOPLE in admin.get("/console/settings").body
    shown = reader.get("/console/settings")
    assert "EUR" in shown.text
    assert "Stripe" in shown.text
    assert PEOPLE not in shown.body
    assert KEYS not in shown.body


# --- people


def test_an_admin_lets_somebody_in_who_works_as_what_was_chosen(admin: Browser) -> None:
    person_id = admitted(admin)
    made = Persons().named(person_id)

    assert (made.name, made.email, made.roles) == ("Bert", "bert@shop.example", {Role.SUPPORT})
    assert "bert@shop.example" in admin.get(PEOPLE).text
    assert acts()[-1] == "person.create console"


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"name": ""}, "name: 1 to 100 characters"),
        ({"email": "nobody"}, "email: a mail address"),
        ({"role_support": ""}, "roles: choose one at least"),
        ({"role_finance": "yes"}, "can't be one person's"),
        ({"role_admin": "yes", "role_approver": "yes"}, "who says who approves"),
    ],
)
def test_what_cant_be_is_said_and_nobody_is_let_in(
    admin: Browser, fields: dict[str, str], says: str
) -> None:
    form = {"name": "Bert", "email": "bert@shop.example", "role_support": "yes"} | fields
    answered = admin.send(f"{PEOPLE}/create", PEOPLE, **form)

    assert answered.status in (400, 409)
    assert says in answered.text
    assert len(Persons().listed()) == 1


def test_somebody_is_given_other_roles_another_address_and_closed_out(admin: Browser) -> None:
    person_id = admitted(admin)
    one = f"{PEOPLE}/{person_id}"
    admin.send(f"{one}/roles", one, role_reader="yes")
    admin.send(f"{one}/address", one, email="b@shop.example")
    changed = Persons().named(person_id)
    assert (changed.roles, changed.email) == ({Role.READER}, "b@shop.example")

    admin.send(f"{one}/disable", one)
    assert not Persons().named(person_id).is_active
    assert "Closed out" in admin.get(one).text
    assert admin.send(f"{one}/promote", PEOPLE).status == 404


def test_nobody_changes_what_they_may_do_themselves(admin: Browser) -> None:
    [ada] = Persons().listed()
    for action, fields in (("roles", {"role_finance": "yes"}), ("disable", {})):
        answered = admin.send(f"{PEOPLE}/{ada.person_id}/{action}", PEOPLE, **fields)
        assert (answered.status, "ask another admin" in answered.text) == (409, True)

    assert Persons().listed() == [ada]
    assert "This is you." in admin.get(f"{PEOPLE}/{ada.person_id}").text


def test_an_old_sign_in_changes_nobody(admin: Browser, fake_clock: FakeClock) -> None:
    token = admin.form_token()
    fake_clock.at += timedelta(minutes=6)
    form = {"form_token": token, "name": "Bert", "role_support": "yes"}
    answered = admin.post(f"{PEOPLE}/create", form)

    assert answered.status == 401
    assert "Sign in once more" in answered.text
    shown = admin.get(PEOPLE)
    assert "To change something, sign in once more" in shown.text
    assert "do_admit" not in shown.body
    assert len(Persons().listed()) == 1


def test_the_operation_itself_refuses_who_has_no_role_for_it() -> None:
    caller = Caller(key_id="console", person_id="person_1", scopes=frozenset({Scope.KEYS_WRITE}))

    with pytest.raises(ScopeMissing, match="people:write"):
        admit_person(caller, "Bert", [Role.READER], None)
    with pytest.raises(ScopeMissing, match="keys:write"):
        issue_key(Caller(key_id="console"), "shop", [Scope.PAYMENTS_READ], 1)


# --- keys


def made_key(page_body: str) -> str:
    [spelled] = re.findall(r'class="once">(kassa_\w+)<', page_body)
    return str(spelled)


def test_a_key_is_shown_once_and_opens_what_was_chosen(admin: Browser) -> None:
    fields = {"whose": "system", "system": "shop", "days": "30", "scope_payments:read": "yes"}
    shown = admin.send(f"{KEYS}/create", KEYS, **fields)
    spelled = made_key(shown.body)

    assert shown.headers["Cache-Control"] == "no-store"
    assert authorized(spelled, "GET /payments")
    assert not authorized(spelled, "GET /events")
    again = admin.get(KEYS)
    assert 'class="once"' not in again.body
    assert spelled.rpartition("_")[2] not in again.body
    assert "shop" in again.text
    [key] = ApiKeys().listed()
    assert key.expires_at - key.created_at.replace(microsecond=0) == timedelta(days=30)


def test_a_key_that_is_revoked_opens_nothing(admin: Browser) -> None:
    spelled = made_key(admin.send(f"{KEYS}/create", KEYS, whose="own", days="1").body)
    assert authorized(spelled, "GET /payments")
    [key] = ApiKeys().listed()
    assert key.scopes == scopes_of([Role.ADMIN])

    assert admin.send(f"{KEYS}/{key.key_id}/revoke", KEYS).status == 303
    assert not authorized(spelled, "GET /payments")
    assert "Revoked" in admin.get(KEYS).text
    assert [one for one in acts() if one.startswith("key.")] == [
        "key.create console",
        "key.revoke console",
    ]


def test_who_connects_programs_gives_none_more_than_they_may_themselves() -> None:
    developer = Browser().sign_in(person(Role.DEVELOPER))
    fields = {"whose": "system", "system": "shop", "days": "1"}
    more = developer.send(f"{KEYS}/create", KEYS, **fields, **{"scope_refunds:write": "yes"})
    persons = developer.send(f"{KEYS}/create", KEYS, **fields, **{"scope_webhooks:write": "yes"})
    less = developer.send(f"{KEYS}/create", KEYS, **fields, **{"scope_payments:read": "yes"})

    assert (more.status, persons.status, less.status) == (403, 403, 200)
    assert "scope_refunds:write" not in developer.get(KEYS).body
    assert "scope_refunds:write" in Browser().sign_in(person(Role.ADMIN)).get(KEYS).body


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"days": "0"}, "days: 1 to 3650"),
        ({"days": "99999"}, "days: 1 to 3650"),
        ({"days": "-1"}, "days: a whole number"),
        ({"system": ""}, "system: a name"),
        ({"scope_payments:read": ""}, "scopes: choose one at least"),
    ],
)
def test_a_key_that_cant_be_isnt_made(admin: Browser, fields: dict[str, str], says: str) -> None:
    good = {"whose": "system", "system": "shop", "days": "30", "scope_payments:read": "yes"}
    answered = admin.send(f"{KEYS}/create", KEYS, **(good | fields))

    assert (answered.status, says in answered.text) == (400, True), answered.text
    assert ApiKeys().listed() == []


def test_an_old_sign_in_makes_and_revokes_no_key(admin: Browser, fake_clock: FakeClock) -> None:
    admin.send(f"{KEYS}/create", KEYS, whose="own", days="1")
    [key] = ApiKeys().listed()
    token = admin.form_token()
    fake_clock.at += timedelta(minutes=6)
    made = admin.post(f"{KEYS}/create", {"form_token": token, "whose": "own", "days": "1"})
    revoked = admin.post(f"{KEYS}/{key.key_id}/revoke", {"form_token": token})

    assert (made.status, revoked.status) == (401, 401)
    assert ApiKeys().listed() == [key]
