"""`kassa console open` makes a way in for one person, or says where a deployed stack has one."""

import pytest

from kassa.console.sign_in.link import OPEN
from tests.support.console import Console
from tests.support.console import console as console
from tests.support.console_pages import Browser
from tests.support.console_pages import opened as opened


def employ(console: Console, name: str = "Anna") -> str:
    made = console.json("persons", "create", "--name", name, "--role", "approver")
    return str(made["person_id"])


def test_the_only_person_gets_a_link_that_lets_them_in(console: Console, opened: None) -> None:
    employ(console)
    made = console.run("console", "open", "--print")

    assert made.exit_code == 0, made.output
    way = OPEN + made.stdout.strip().rpartition(OPEN)[2]
    assert Browser().post(way).status == 303


def test_of_several_one_is_named(console: Console) -> None:
    anna = employ(console)
    employ(console, "Bert")

    assert "--person" in console.refused("console", "open", "--print")
    assert console.run("console", "open", "--print", "--person", anna[:15]).exit_code == 0


def test_without_anybody_it_says_what_to_do(console: Console) -> None:
    assert "kassa persons create" in console.refused("console", "open", "--print")


def deployed(console: Console, monkeypatch: pytest.MonkeyPatch, **environment: str) -> None:
    """Let the stack be one that is deployed, with a console in this environment."""
    monkeypatch.setattr("cli.stack._deployed", lambda name: console.operated)
    console.functions.environment |= environment


def test_a_deployed_stack_has_an_address_and_no_link(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = {"CONSOLE_SIGN_IN": "cognito", "PUBLIC_ADDRESS": "https://pay.shop.example"}
    deployed(console, monkeypatch, **door)
    opened = console.run("--stack", "kassa", "console", "open", "--print")

    assert (opened.exit_code, opened.stdout) == (0, "https://pay.shop.example/console\n")
    refused = console.refused("--stack", "kassa", "console", "open", "--person", "person_1")
    assert "people sign in themselves" in refused


@pytest.mark.parametrize("sign_in", ["off", "link"])
def test_a_deployed_stack_may_let_nobody_in(
    console: Console, monkeypatch: pytest.MonkeyPatch, sign_in: str
) -> None:
    deployed(console, monkeypatch, CONSOLE_SIGN_IN=sign_in, PUBLIC_ADDRESS="https://a.example")

    assert "ConsoleSignIn=cognito" in console.refused("--stack", "kassa", "console", "open")


def test_a_person_gets_an_address_by_which_they_sign_in(console: Console) -> None:
    create = ("persons", "create", "--name", "Anna", "--role", "approver", "--email")
    anna = console.json(*create, "Anna@shop.example")
    assert anna["email"] == "anna@shop.example"
    assert "another person has this address" in console.refused(*create, "anna@SHOP.example")
    console.json("persons", "address", anna["person_id"], "anna.b@shop.example")
    bert = console.json(*create, "anna@shop.example")

    assert bert["email"] == "anna@shop.example"
    assert "anna.b@shop.example" in console.run("persons", "show", anna["person_id"]).stdout
    taken = console.refused("persons", "address", bert["person_id"], "anna.b@shop.example")
    assert "another person has this address" in taken
    assert "email" in console.refused("persons", "address", bert["person_id"], "nobody")


def test_nobody_who_left_gets_an_address(console: Console) -> None:
    left = employ(console)
    console.json("persons", "disable", left)

    assert "disabled" in console.refused("persons", "address", left, "anna@shop.example")
