"""Stripe's API as the official client meets it: look-ups, sources, and what its errors become."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from kassa.core.errors import GatewayRefused, GatewayUnavailable
from kassa.gateways.stripe import look_up as look_ups
from kassa.gateways.stripe import payouts
from kassa.platform.secrets import ApiAccess
from tests.support import stripe_events as s
from tests.support.stripe_server import StripeBooks, running

SINCE = datetime.fromtimestamp(s.CREATED - 60, UTC)


@pytest.fixture
def books() -> StripeBooks:
    return StripeBooks()


@pytest.fixture
def access(books: StripeBooks) -> Iterator[ApiAccess]:
    with running(books) as address:
        yield ApiAccess(api_key="sk_test_1", api_base=address, merchant_id="main", mode="test")


def test_a_charge_leads_to_its_payment(books: StripeBooks, access: ApiAccess) -> None:
    books.objects["/v1/charges/ch_1"] = s.charge()
    books.objects["/v1/charges/ch_2"] = s.charge("ch_2", payment_id=None)

    assert look_ups.payment_of(access, "ch_1") == "pi_1"
    assert look_ups.payment_of(access, "ch_2") == "ch_2"
    assert look_ups.payment_of(access, "ch_unknown") == "ch_unknown"


def test_a_payment_is_looked_up_with_its_refunds(books: StripeBooks, access: ApiAccess) -> None:
    books.objects["/v1/payment_intents/pi_1"] = s.payment_intent()
    books.objects["/v1/charges/ch_2"] = s.charge("ch_2", payment_id=None)
    books.refunds = [s.refund()]

    assert [found["id"] for found in look_ups.objects_of(access, "pi_1")] == ["pi_1", "re_1"]
    assert [found["id"] for found in look_ups.objects_of(access, "ch_2")] == ["ch_2", "re_1"]
    assert look_ups.objects_of(access, "pi_unknown") == []


@pytest.mark.parametrize(
    ("source_id", "path", "body"),
    [
        ("ch_1", "/v1/charges/ch_1", s.charge()),
        ("re_1", "/v1/refunds/re_1", s.refund()),
        ("dp_1", "/v1/disputes/dp_1", s.dispute()),
        ("po_1", "/v1/payouts/po_1", s.payout()),
    ],
)
def test_a_source_that_came_unexpanded_is_read(
    books: StripeBooks, access: ApiAccess, source_id: str, path: str, body: s.Body
) -> None:
    books.objects[path] = body
    books.balance = [s.balance_transaction() | {"source": source_id}]

    (found,) = payouts.balance_transactions(access, SINCE, None)
    assert found["source"]["id"] == source_id


def test_a_source_of_another_kind_stays_an_id(books: StripeBooks, access: ApiAccess) -> None:
    books.balance = [s.balance_transaction() | {"source": "tr_1"}]
    (found,) = payouts.balance_transactions(access, SINCE, None)
    assert found["source"] == "tr_1"


def test_a_refused_key_is_a_refusal_and_silence_is_not(
    books: StripeBooks, access: ApiAccess
) -> None:
    books.refuses = True
    with pytest.raises(GatewayRefused):
        look_ups.payment_of(access, "ch_1")

    books.refuses, books.is_down = False, True
    with pytest.raises(GatewayUnavailable):
        look_ups.payment_of(access, "ch_1")
