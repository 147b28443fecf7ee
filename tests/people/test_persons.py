"""Persons at the command line, on the real table: who may be created, whose keys may do what."""

import json
from typing import Any

import pytest

from kassa.audit import store as audit_trail
from kassa.core.callers import READING, Scope
from kassa.core.errors import NotFound, StaleWrite
from kassa.people.api_key_store import ApiKeys
from kassa.people.persons import Role
from kassa.people.store import Persons
from kassa.platform import aws, keys, table
from kassa.platform.settings import settings
from tests.support.api_requests import a_key
from tests.support.aws_stack import NOW
from tests.support.builders import OPERATOR
from tests.support.console import Console
from tests.support.console import console as console
from tests.support.staff import authorized

DECIDE = "POST /refunds/{refund_request_id}/{action}"


def create(console: Console, *roles: str, **more: bool) -> str:
    """Create a person and return their id."""
    given = [arg for role in roles for arg in ("--role", role)]
    flags = ["--sole"] if more.get("sole") else []
    made = console.json("persons", "create", "--name", "Some Body", *given, *flags)
    return str(made["person_id"])


def refused(console: Console, *roles: str, sole: bool = False) -> str:
    given = [arg for role in roles for arg in ("--role", role)]
    flags = ["--sole"] if sole else []
    return console.refused("persons", "create", "--name", "Some Body", *given, *flags)


def finding_of(console: Console, subject: str) -> dict[str, Any]:
    """Return what `kassa doctor` finds of a subject."""
    found = json.loads(console.run("doctor", "--json").stdout)
    return next(one for one in found if one["subject"] == subject)


def test_a_persons_key_does_all_that_their_roles_allow_until_they_are_disabled(
    console: Console,
) -> None:
    person_id = create(console, "approver")
    key = console.json("keys", "create", "--person", person_id)["api_key"]
    assert authorized(key, DECIDE)
    assert not authorized(key, "POST /policies")

    console.run("persons", "disable", person_id)

    assert not authorized(key, DECIDE)
    assert not authorized(key, "GET /payments")
    assert "disabled" in console.refused("keys", "create", "--person", person_id)


@pytest.mark.parametrize("other", ["approver", "support"])
def test_who_writes_policies_neither_approves_nor_requests(console: Console, other: str) -> None:
    line = refused(console, "finance", other)

    assert "can't be one person's" in line
    assert Persons().listed() == []


def test_no_number_of_keys_adds_up_to_more_than_the_roles(console: Console) -> None:
    person_id = create(console, "finance")
    console.json("keys", "create", "--person", person_id, "--scopes", "policies:write")

    line = console.refused("keys", "create", "--person", person_id, "--scopes", "refunds:decide")

    assert f"refunds:decide is more than {person_id} may do as finance" in line


@pytest.mark.parametrize(
    "scope", ["refunds:decide", "policies:write", "orders:resolve", "invoices:decide"]
)
def test_what_only_persons_do_is_given_to_no_machine(console: Console, scope: str) -> None:
    line = console.refused("keys", "create", "--system", "my-shop", "--scopes", scope)

    assert f"{scope} is for persons, never for a system" in line


@pytest.mark.parametrize("whose", [[], ["--person", "person_1", "--system", "my-shop"]])
def test_a_key_is_a_persons_or_a_machines(console: Console, whose: list[str]) -> None:
    assert "whose key is it?" in console.refused("keys", "create", *whose)


def test_a_key_of_nobody_isnt_made(console: Console) -> None:
    assert "no person person_1" in console.refused("keys", "create", "--person", "person_1")


def test_a_sole_person_has_all_roles_and_nobody_beside_them(console: Console) -> None:
    sole = create(console, "approver", "finance", "support", sole=True)

    assert "there is a sole person" in refused(console, "reader")
    assert "only be created while nobody else" in refused(console, "approver", sole=True)
    console.run("persons", "disable", sole)
    create(console, "approver")
    assert "only be created while nobody else" in refused(console, "approver", sole=True)


def test_doctor_says_that_somebody_is_sole_every_time(console: Console) -> None:
    assert "none sole" in finding_of(console, "persons")["seen"]
    sole = create(console, "approver", sole=True)

    finding = finding_of(console, "persons")

    assert f"{sole} is SOLE" in finding["seen"]
    assert finding["is_ok"]


def test_doctor_names_a_key_from_before_persons_that_opens_less_than_it_says(
    console: Console,
) -> None:
    old = a_key(scopes=frozenset({Scope.REFUNDS_DECIDE, Scope.REFUNDS_READ}))
    ApiKeys().add(old, OPERATOR)

    finding = finding_of(console, f"key {old.key_id}")

    assert "doesn't open refunds:decide" in finding["seen"]
    assert not finding["is_ok"]


def test_a_person_who_left_makes_room_once_however_often_they_are_disabled(
    console: Console,
) -> None:
    left, stays = create(console, "approver"), create(console, "finance")
    for _ in range(2):
        console.run("persons", "disable", left)

    assert "only be created while nobody else" in refused(console, "approver", sole=True)
    console.run("persons", "disable", stays)
    create(console, "approver", "finance", sole=True)


def test_the_first_time_somebody_was_disabled_stays(console: Console) -> None:
    person_id = create(console, "reader")
    first = console.json("persons", "disable", person_id)

    assert console.json("persons", "disable", person_id) == first


def test_persons_are_listed_and_shown_with_their_keys(console: Console) -> None:
    person_id = create(console, "approver", "support")
    key_id = console.json("keys", "create", "--person", person_id)["key_id"]

    assert person_id in console.run("persons", "list").stdout
    shown = console.run("persons", "show", person_id).stdout
    assert "approver, support" in shown
    assert key_id in shown
    [key] = console.json("persons", "show", person_id)["keys"]
    assert set(key["scopes"]) == {
        *READING,
        "refunds:decide",
        "refunds:write",
        "orders:write",
        "payments:write",
        "disputes:write",
    } | {*("orders:resolve", "invoices:write", "deliveries:write", "customers:export")}
    assert "secret_sha256" not in key


def test_a_name_stands_in_the_person_alone(console: Console) -> None:
    person_id = create(console, "approver")
    console.json("keys", "create", "--person", person_id)

    holders = [item["PK"]["S"] for item in console.made.items() if "Some Body" in str(item)]

    assert holders == [f"PERSON#{person_id}"]


def test_nobody_has_no_name(console: Console) -> None:
    args = ("persons", "create", "--role", "reader", "--name", " ")
    assert "name: 1 to 100" in console.refused(*args)


def test_a_person_nobody_knows_cant_be_disabled(console: Console) -> None:
    with pytest.raises(NotFound, match="person_1"):
        Persons().disable("person_1", NOW, OPERATOR)


def roles(console: Console, person_id: str, *given: str, **flags: bool) -> Any:
    """Change a person's roles; return what the command says as JSON."""
    args = [arg for role in given for arg in ("--role", role)]
    return console.json("persons", "roles", person_id, *args, *_flags(flags))


def not_changed(console: Console, person_id: str, *given: str) -> str:
    args = [arg for role in given for arg in ("--role", role)]
    return console.refused("persons", "roles", person_id, *args)


def _flags(flags: dict[str, bool]) -> list[str]:
    return [f"--{name.replace('_', '-')}" for name, is_set in flags.items() if is_set]


def test_changed_roles_count_for_every_key_from_the_next_request_on(console: Console) -> None:
    person_id = create(console, "approver", "support")
    create(console, "approver")
    key = console.json("keys", "create", "--person", person_id)["api_key"]
    assert authorized(key, DECIDE)

    assert roles(console, person_id, "support")["roles"] == ["support"]

    assert not authorized(key, DECIDE)
    assert authorized(key, "POST /refunds")
    assert Persons().named(person_id).roles == {"support"}


def test_a_role_that_is_given_opens_nothing_to_a_key_that_was_made_before(console: Console) -> None:
    person_id = create(console, "reader")
    old = console.json("keys", "create", "--person", person_id)["api_key"]

    output = console.run("persons", "roles", person_id, "--role", "approver").stdout

    assert f"kassa keys create --person {person_id}" in output
    assert not authorized(old, DECIDE)
    new = console.json("keys", "create", "--person", person_id)["api_key"]
    assert authorized(new, DECIDE)


@pytest.mark.parametrize("other", ["approver", "support"])
def test_roles_that_must_be_two_peoples_stay_apart_when_they_are_changed(
    console: Console, other: str
) -> None:
    person_id = create(console, "finance")

    assert "can't be one person's" in not_changed(console, person_id, "finance", other)
    assert Persons().named(person_id).roles == {"finance"}


def test_a_change_of_roles_is_audited_with_what_was_before(console: Console) -> None:
    person_id = create(console, "support")
    roles(console, person_id, "reader", "approver")
    roles(console, person_id, "approver", "reader")  # said again, it is nothing new

    acts = [json.loads(item.content) for item in audit_trail.items(NOW.date())]
    [act] = [one for one in acts if one["operation"] == "person.roles"]
    assert (act["before"], act["after"]) == ("support", "approver reader")
    assert act["object_id"] == f"person/{person_id}"
    assert "aws_arn" in act["by"]


def test_the_only_approver_isnt_lost_by_accident(console: Console) -> None:
    only, gone = create(console, "approver"), create(console, "approver")
    console.run("persons", "disable", gone)

    assert f"nobody but {only} approves" in not_changed(console, only, "reader")

    assert roles(console, only, "reader", leave_no_approver=True)["roles"] == ["reader"]


def test_of_the_last_two_approvers_who_change_at_once_one_stays(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = create(console, "approver"), create(console, "approver")
    write, turns = audit_trail.transact, iter([other])

    def transact(*args: Any) -> Any:
        for person_id in turns:
            Persons().change_roles(person_id, frozenset({Role.READER}), OPERATOR)
        return write(*args)

    monkeypatch.setattr(audit_trail, "transact", transact)

    with pytest.raises(StaleWrite):
        Persons().change_roles(one, frozenset({Role.READER}), OPERATOR)
    assert Persons().approvers([one, other]) == {one}


def test_a_disabled_person_gets_no_roles(console: Console) -> None:
    person_id = create(console, "reader")
    console.run("persons", "disable", person_id)

    assert "disabled for good" in not_changed(console, person_id, "support")


def test_a_role_of_another_release_survives_a_change(console: Console) -> None:
    person_id = create(console, "reader")
    item = table.get(keys.person(person_id)) or {}
    item["roles"] = {"reader", "astronaut"}
    aws.client("dynamodb").put_item(TableName=settings().table_name, Item=table.typed(item))

    assert roles(console, person_id, "support")["roles"] == ["support"]

    assert (table.get(keys.person(person_id)) or {})["roles"] == {"support", "astronaut"}
