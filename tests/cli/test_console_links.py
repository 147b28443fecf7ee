"""`kassa console open` makes a way in for one person, and never into a deployed stack."""

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


def test_no_link_leads_into_a_deployed_stack(console: Console) -> None:
    refused = console.refused("--stack", "kassa", "console", "open", "--print")

    assert "no deployed one" in refused
