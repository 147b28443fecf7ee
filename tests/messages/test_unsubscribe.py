"""One click ends mails of a kind, and whatever only looks at the link changes nothing."""

import json
from typing import Any

import pytest

from functions.unsubscribe.app import lambda_handler
from kassa.messages.contacts.contact_store import ContactStore
from kassa.messages.kinds import Category
from kassa.messages.unsubscribing import unsubscribe_store
from kassa.messages.unsubscribing.pages import TEXTS
from kassa.messages.unsubscribing.unsubscribe_store import Subscription
from tests.support.aws_stack import NOW, Context, Stack

DIGEST = "ab" * 32


def ask(method: str, token: str, body: str = "") -> dict[str, Any]:
    event = {
        "version": "2.0",
        "rawPath": f"/unsubscribe/{token}",
        "pathParameters": {"token": token},
        "requestContext": {"http": {"method": method}},
        "body": body,
    }
    return lambda_handler(event, Context())


def link(category: Category = Category.REMINDER, language: str = "en") -> str:
    token = unsubscribe_store.new_token()
    unsubscribe_store.keep(token, Subscription("main", DIGEST, category, language), NOW)
    return token


def unsubscribed() -> frozenset[str]:
    return ContactStore("main").read(DIGEST).unsubscribed


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_whoever_only_looks_changes_nothing(stack: Stack, method: str) -> None:
    answer = ask(method, link())

    assert (answer["statusCode"], unsubscribed()) == (200, frozenset())
    assert answer["body"].count("<button>") == 1


def test_a_mail_program_ends_it_by_one_post(stack: Stack) -> None:
    answer = ask("POST", link(), "List-Unsubscribe=One-Click")

    assert (answer["statusCode"], unsubscribed()) == (200, frozenset({"reminder"}))
    assert "<button>" not in answer["body"]


def test_a_link_works_again_and_ends_its_own_category_alone(stack: Stack) -> None:
    reminder, marketing = link(), link(Category.MARKETING)
    ask("POST", reminder)
    ask("POST", reminder)
    assert unsubscribed() == {"reminder"}

    ask("POST", marketing)
    assert unsubscribed() == {"reminder", "marketing"}


@pytest.mark.parametrize("token", ["", "x", "x" * 101, "../../etc", "%00"])
def test_a_link_that_nobody_was_given_ends_nothing(stack: Stack, token: str) -> None:
    link()

    assert [ask(method, token)["statusCode"] for method in ("GET", "POST")] == [404, 404]
    assert unsubscribed() == frozenset()


def test_the_page_says_no_address_and_lets_no_other_page_show_it(stack: Stack) -> None:
    answer = ask("GET", link())

    assert DIGEST not in json.dumps(answer)
    assert "frame-ancestors 'none'" in answer["headers"]["Content-Security-Policy"]
    assert answer["headers"]["Referrer-Policy"] == "no-referrer"
    assert answer["headers"]["Cache-Control"] == "no-store"


@pytest.mark.parametrize("language", TEXTS)
def test_the_page_speaks_its_reader_s_language(stack: Stack, language: str) -> None:
    assert TEXTS[language]["button"] in ask("GET", link(language=language))["body"]


def test_the_table_holds_no_token(stack: Stack) -> None:
    token = link()
    ask("POST", token)

    assert token not in str(stack.items())


def test_no_log_holds_a_token(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    token = link()
    ask("POST", token)

    assert token not in "".join(capsys.readouterr())
