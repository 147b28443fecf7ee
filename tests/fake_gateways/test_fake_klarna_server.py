"""The fake Klarna as a process serves it: our client over HTTP, callbacks, webhooks, controls."""

import json
import urllib.error
from collections.abc import Iterator
from typing import Any

import pytest

from infra.fake_gateways.kit.server import Server
from infra.fake_gateways.klarna.account import Switches
from infra.fake_gateways.klarna.server import open_router
from kassa.core.errors import GatewayRefused, GatewayUnavailable
from kassa.core.money import Money
from kassa.gateways.klarna import gateway as calls
from kassa.gateways.klarna.webhook import SCHEME
from kassa.gateways.submissions import CheckoutState, RefundSubmission
from kassa.gateways.webhooks.parts import Part
from kassa.gateways.webhooks.secrets import WebhookEndpoint
from kassa.platform.secrets import ApiAccess
from tests.support import fake_gateway_servers
from tests.support.builders import NOW
from tests.support.fake_gateway_servers import Inbox
from tests.support.gateway_stages.klarna import subject, submission

OLD, KEY = "key-1:older", "key-2:newer"
ENDPOINT = WebhookEndpoint("main", "live", (OLD, KEY), None)


class Place(fake_gateway_servers.Place):
    """A running fake, our access to it, and the inbox."""

    def __init__(self, server: Server, inbox: Inbox) -> None:
        super().__init__(server, inbox)
        self.access = ApiAccess(
            api_key="secret",
            api_id="PK1",
            api_base=server.address,
            webhook_url=inbox.url,
            callback_secret=KEY,
            merchant_id="main",
        )
        self.control("webhooks", url=inbox.url, secrets=[OLD, KEY])
        self.control("habits", retry_s=0.05)

    def parts(self) -> list[Part]:
        """Return what intake would queue of all that came."""
        letters = self.inbox.letters
        return [part for letter in letters for part in SCHEME.verify(letter, ENDPOINT, NOW)]


@pytest.fixture
def place() -> Iterator[Place]:
    with fake_gateway_servers.running(open_router(Switches(), 1), "klarna") as (server, inbox):
        yield Place(server, inbox)


def test_our_client_opens_a_checkout_refunds_and_reads_over_http(place: Place) -> None:
    page = calls.open_checkout(place.access, submission())
    paid = place.control("finish_checkout", checkout_id=page.checkout_id, outcome="paid")
    found = calls.find_checkout(place.access, submission(), page.checkout_id)
    assert found is not None
    assert (found.state, found.opened.payment_id) == (CheckoutState.PAID, paid["order_id"])
    money = Money(amount_minor=10_00, currency="EUR")
    refund = RefundSubmission(payment=subject(paid["order_id"]), submission_id="rr_1", amount=money)
    made = calls.refund(place.access, refund)
    assert calls.refund(place.access, refund) == made == calls.find_refund(place.access, refund)
    place.control("pay_out_all")
    pages = list(calls.payouts(place.access, "2020-01-01T00:00:00Z ", NOW.replace(year=2100)))
    assert [len(list(one.bodies)) for one in pages] == [5]  # sale, two fees, return, payout
    truth = place.control("truth")
    assert truth["balance_minor"] == {"EUR": 0}
    assert truth["payments"][paid["order_id"]]["refunded_minor"] == 10_00


def test_callbacks_and_webhooks_come_as_intake_takes_them_again_until_it_does(place: Place) -> None:
    place.inbox.statuses = [500]
    sold = place.control("sell", order_id="order-1", amount_minor=50_00)
    assert len(place.inbox.wait_for(3)) == 3
    assert all(part.is_unverified for part in place.parts())
    opened = place.control("open_dispute", payment_id=sold["payment_id"])
    place.control("close_dispute", dispute_id=opened["dispute_id"], outcome="lost")
    assert len(place.inbox.wait_for(5)) == 5
    booked = [part for part in place.parts() if not part.is_unverified]
    states = [json.loads(part.body)["payload"]["state"] for part in booked]
    assert sorted(states) == ["CLOSED", "INITIATED"]


def test_a_lost_or_slow_answer_leaves_the_outcome_unknown(place: Place) -> None:
    path = "/hpp/v1/sessions"
    place.control("faults", kind="lost_response", path=path)
    with pytest.raises(GatewayUnavailable):
        calls.open_checkout(place.access, submission())
    page = calls.open_checkout(place.access, submission())
    place.control("faults", kind="lost_request", path=f"{path}/", times=3)
    with pytest.raises(GatewayUnavailable):
        calls.find_checkout(place.access, submission(), page.checkout_id)


def test_who_is_not_let_in_is_refused(place: Place) -> None:
    access = place.access.model_copy(update={"api_id": None, "api_key": ""})
    with pytest.raises(GatewayRefused, match="access_denied"):
        calls.find_refund(
            access,
            RefundSubmission(
                payment=subject("o-1"),
                submission_id="rr_1",
                amount=Money(amount_minor=1, currency="EUR"),
            ),
        )


@pytest.mark.parametrize(
    ("control", "params", "why"),
    [
        ("fail_refund", {"refund_id": "r-1"}, "don't fail later"),
        ("finish_checkout", {"checkout_id": "x", "outcome": "paid"}, "cannot be found"),
        ("switches", {"nothing": 1}, "no switch"),
    ],
)
def test_a_control_says_what_klarna_cannot_do(
    place: Place, control: str, params: dict[str, Any], why: str
) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        place.control(control, **params)
    assert why in json.load(refused.value)["error"]
    refused.value.close()
