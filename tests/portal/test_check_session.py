"""Whoever was forgotten is signed out at once, and no code of theirs lets anybody in."""

from datetime import timedelta
from typing import Any

import pytest

from kassa.customers.store import Customers
from kassa.platform import aws
from kassa.portal.check_session import check_session
from tests.support.aws_stack import FakeClock, Stack
from tests.support.portal import BEGIN, SHOW, Portal, call, named


@pytest.fixture
def portal(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Portal:
    made = Portal(monkeypatch)
    named("customer-1", "order-1")
    return made


def erase(customer_id: str = "customer-1") -> None:
    Customers("main").erase(customer_id)


def test_a_session_of_a_customer_who_was_forgotten_is_over(portal: Portal) -> None:
    token = portal.token()
    erase()

    assert call(SHOW, token=token).status == 401


def test_who_comes_back_isnt_signed_in_by_an_old_session(
    portal: Portal, fake_clock: FakeClock
) -> None:
    token = portal.token()
    erase()
    fake_clock.at += timedelta(minutes=1)
    named("customer-1", "order-2")

    assert call(SHOW, token=token).status == 401
    assert call(SHOW, token=portal.token()).status == 200


def test_who_shares_the_address_stays_signed_in(portal: Portal) -> None:
    named("customer-2", "order-2")
    token = portal.token()
    erase()

    assert call(SHOW, token=token).body["customer_ids"] == ["customer-2"]
    found = check_session(token)
    assert found is not None
    assert found.customer_ids == ("customer-2",)


def test_a_code_that_was_mailed_before_lets_nobody_in(portal: Portal) -> None:
    code = portal.code()
    erase()

    assert call(BEGIN, code).status == 401


def test_a_code_that_was_asked_for_before_isnt_mailed(portal: Portal) -> None:
    portal.ask()
    erase()

    assert portal.mail() == []


def test_who_is_forgotten_while_they_sign_in_isnt_signed_in(portal: Portal) -> None:
    """The erasure comes after their address was read and before their session is kept."""
    code, client = portal.code(), aws.client("dynamodb")

    class Erasing:
        def __getattr__(self, name: str) -> Any:
            return getattr(client, name)

        def transact_write_items(self, **request: Any) -> Any:
            aws.install({"dynamodb": client})
            erase()
            return client.transact_write_items(**request)

    aws.install({"dynamodb": Erasing()})
    token = call(BEGIN, code).body["session_token"]

    assert call(SHOW, token=token).status == 401
