"""The fake PayPal over HTTP: its API, signed webhooks, its certificate and the controls."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import load_pem_x509_certificate

from infra.fake_gateways.kit.server import Server
from infra.fake_gateways.paypal.account import Switches
from infra.fake_gateways.paypal.server import open_router
from kassa.gateways.paypal import client
from kassa.gateways.paypal import gateway as calls
from kassa.gateways.paypal import webhook as signature
from kassa.gateways.paypal.certificates import chain as trust
from kassa.gateways.paypal.webhook import Proof
from kassa.gateways.webhooks.request import WebhookRequest
from kassa.platform.secrets import ApiAccess
from tests.support import fake_gateway_servers
from tests.support.fake_gateway_servers import Inbox
from tests.support.gateway_payloads.paypal import back, notification, page, payment

WEBHOOK_IDS = ["4JH86294D6297924G", "9ZZ86294D6297924G"]


class Place(fake_gateway_servers.Place):
    """A running fake, who may ask it, and an inbox."""

    def __init__(self, server: Server, inbox: Inbox) -> None:
        super().__init__(server, inbox)
        self.access = ApiAccess(
            api_key="s", api_id="c", merchant_id="shop", mode="test", api_base=server.address
        )
        self.certificate = self.control("webhooks", url=inbox.url, secrets=WEBHOOK_IDS)

    def types(self) -> list[str]:
        return [body["event_type"] for body in self.inbox.bodies()]


@pytest.fixture
def place() -> Iterator[Place]:
    client.forget()
    with fake_gateway_servers.running(
        open_router(Switches(report_lag_s=0.0), 7), "paypal"
    ) as running:
        yield Place(*running)
    client.forget()


def is_signed(place: Place, letter: WebhookRequest, webhook_id: str) -> bool:
    leaf = load_pem_x509_certificate(place.certificate["pem"].encode())
    key = leaf.public_key()
    assert isinstance(key, RSAPublicKey)
    proof: Proof = signature._proof(letter.headers)
    return trust.has_signed(key, proof.signature, signature.signed(proof, webhook_id, letter.body))


def test_a_checkout_is_opened_paid_captured_and_refunded_over_http(place: Place) -> None:
    opened = calls.open_checkout(place.access, page())
    place.control("finish_checkout", checkout_id=opened.checkout_id, outcome="paid")
    order = calls.confirm(place.access, notification("order", opened.checkout_id)) or {}
    payment_id = order["purchase_units"][0]["payments"]["captures"][0]["id"]
    calls.refund(place.access, back(payment(payment_id)))
    truth = place.control("truth")
    assert truth["payments"][payment_id]["refunded_minor"] == 10_00
    until = datetime.now(UTC)
    (rows,) = calls.payouts(place.access, None, until)
    assert len(list(rows.bodies)) == 2


def test_each_webhook_id_gets_its_own_signed_delivery(place: Place) -> None:
    place.control("sell", order_id="order-1", amount_minor=9_00, currency="EUR")
    letters = place.inbox.wait_for(4)
    assert sorted(place.types()) == sorted(
        ["CHECKOUT.ORDER.APPROVED", "PAYMENT.CAPTURE.COMPLETED"] * 2
    )
    names = {letter.headers["paypal-transmission-id"] for letter in letters}
    assert len(names) == 4
    for letter in letters:
        signed_for = [one for one in WEBHOOK_IDS if is_signed(place, letter, one)]
        assert len(signed_for) == 1
        assert signature.is_paypals(letter.headers["paypal-cert-url"])


def test_a_webhook_that_is_refused_comes_again_under_its_name(place: Place) -> None:
    place.control("habits", retry_s=0.05)
    place.inbox.statuses += [503, 503]
    place.control("sell", order_id="order-1", amount_minor=9_00, currency="EUR")
    letters = place.inbox.wait_for(6)
    bodies = {(letter.headers["paypal-transmission-id"], letter.body) for letter in letters}
    assert (len(letters), len(bodies)) == (6, 4)


def test_an_event_is_sent_again_on_demand(place: Place) -> None:
    place.control("sell", order_id="order-1", amount_minor=9_00, currency="EUR")
    place.inbox.wait_for(4)
    event = place.control("events")[-1]
    assert place.control("resend", event_id=event["id"]) == 2
    assert len(place.inbox.wait_for(6)) == 6


def test_the_certificate_stands_where_paypals_do(place: Place) -> None:
    path = place.certificate["url"].partition("paypal.com")[2]
    with urllib.request.urlopen(place.server.address + path, timeout=10) as answer:
        assert answer.read().decode() == place.certificate["pem"]
    assert place.control("certificate")["authority"] == place.certificate["authority"]


def test_a_control_that_paypal_refuses_says_why(place: Place) -> None:
    for name, params in (
        ("finish_checkout", {"checkout_id": "UNKNOWN1", "outcome": "paid"}),
        ("finish_checkout", {"checkout_id": "UNKNOWN1", "outcome": "maybe"}),
        ("open_dispute", {"payment_id": "UNKNOWN1"}),
        ("switches", {"no_such_switch": 1}),
    ):
        with pytest.raises(urllib.error.HTTPError) as refused:
            place.control(name, **params)
        assert refused.value.code == 400
        refused.value.close()


def test_tokens_and_switches_change_on_demand(place: Place) -> None:
    calls.open_checkout(place.access, page())
    assert place.control("expire_tokens") == 1
    calls.open_checkout(place.access, page("order-8"))
    assert place.control("switches", dispute_fee=0)["dispute_fee"] == 0
