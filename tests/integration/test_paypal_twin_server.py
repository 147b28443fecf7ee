"""PayPal's twin over HTTP: its API, signed webhooks, its certificate and the controls."""

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import load_pem_x509_certificate

from infra.twins.paypal.account import Switches
from infra.twins.paypal.served import open_desk
from infra.twins.server import Server
from kassa.adapters.gateways.paypal import calls, client, signature, trust
from kassa.adapters.gateways.paypal.signature import Proof
from kassa.adapters.secrets import ApiAccess
from tests.unit.test_paypal_calls import back, hint, page, payment

WEBHOOK_IDS = ["4JH86294D6297924G", "9ZZ86294D6297924G"]


class Inbox(ThreadingHTTPServer):
    """Where webhooks arrive; the next statuses are given, then 200."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Letter)
        self.letters: list[tuple[bytes, dict[str, str]]] = []
        self.statuses: list[int] = []
        self.url = f"http://127.0.0.1:{self.server_port}/webhooks/paypal/main"


class Letter(BaseHTTPRequestHandler):
    server: Inbox

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.letters.append((body, headers))
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent."""


class Place:
    """A running twin, who may ask it, and an inbox."""

    def __init__(self, server: Server, inbox: Inbox) -> None:
        self.server, self.inbox = server, inbox
        self.access = ApiAccess(
            api_key="s", api_id="c", merchant_id="shop", mode="test", api_base=server.address
        )
        self.certificate = self.control("webhooks", url=inbox.url, secrets=WEBHOOK_IDS)

    def control(self, name: str, **words: Any) -> Any:
        request = urllib.request.Request(
            f"{self.server.address}/_twin/{name}", json.dumps(words).encode(), method="POST"
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read())["result"]

    def wait_for(self, count: int) -> list[tuple[bytes, dict[str, str]]]:
        ends = time.monotonic() + 10
        while len(self.inbox.letters) < count and time.monotonic() < ends:
            time.sleep(0.02)
        return self.inbox.letters

    def types(self) -> list[str]:
        return [json.loads(body)["event_type"] for body, _ in self.inbox.letters]


@pytest.fixture
def place() -> Iterator[Place]:
    server, inbox = Server(open_desk(Switches(report_lag_s=0.0), 7)), Inbox()
    threads = [
        threading.Thread(target=server.run),
        threading.Thread(target=inbox.serve_forever, kwargs={"poll_interval": 0.05}),
    ]
    for thread in threads:
        thread.start()
    client.forget()
    yield Place(server, inbox)
    server.stop()
    inbox.shutdown()
    inbox.server_close()
    for thread in threads:
        thread.join()
    client.forget()


def is_signed(place: Place, body: bytes, headers: dict[str, str], webhook_id: str) -> bool:
    leaf = load_pem_x509_certificate(place.certificate["pem"].encode())
    key = leaf.public_key()
    assert isinstance(key, RSAPublicKey)
    proof: Proof = signature._proof(headers)
    return trust.has_signed(key, proof.signature, signature.signed(proof, webhook_id, body))


def test_a_page_is_opened_paid_captured_and_refunded_over_http(place: Place) -> None:
    opened = calls.open_checkout(place.access, page())
    place.control("finish_checkout", checkout_id=opened.checkout_id, outcome="paid")
    order = calls.confirm(place.access, hint("order", opened.checkout_id)) or {}
    payment_id = order["purchase_units"][0]["payments"]["captures"][0]["id"]
    calls.refund(place.access, back(payment(payment_id)))
    truth = place.control("truth")
    assert truth["payments"][payment_id]["refunded_minor"] == 10_00
    until = datetime.now(UTC)
    (rows,) = calls.payouts(place.access, None, until)
    assert len(list(rows.bodies)) == 2


def test_each_webhook_id_gets_its_own_signed_delivery(place: Place) -> None:
    place.control("sell", order_id="order-1", amount_minor=9_00, currency="EUR")
    letters = place.wait_for(4)
    assert sorted(place.types()) == sorted(
        ["CHECKOUT.ORDER.APPROVED", "PAYMENT.CAPTURE.COMPLETED"] * 2
    )
    names = {headers["paypal-transmission-id"] for _, headers in letters}
    assert len(names) == 4
    for body, headers in letters:
        signed_for = [one for one in WEBHOOK_IDS if is_signed(place, body, headers, one)]
        assert len(signed_for) == 1
        assert signature.is_paypals(headers["paypal-cert-url"])


def test_a_webhook_that_is_refused_comes_again_under_its_name(place: Place) -> None:
    place.control("habits", retry_s=0.05)
    place.inbox.statuses += [503, 503]
    place.control("sell", order_id="order-1", amount_minor=9_00, currency="EUR")
    letters = place.wait_for(6)
    bodies = {(headers["paypal-transmission-id"], body) for body, headers in letters}
    assert (len(letters), len(bodies)) == (6, 4)


def test_an_event_is_told_again_on_demand(place: Place) -> None:
    place.control("sell", order_id="order-1", amount_minor=9_00, currency="EUR")
    place.wait_for(4)
    event = place.control("events")[-1]
    assert place.control("resend", event_id=event["id"]) == 2
    assert len(place.wait_for(6)) == 6


def test_the_certificate_stands_where_paypals_do(place: Place) -> None:
    path = place.certificate["url"].partition("paypal.com")[2]
    with urllib.request.urlopen(place.server.address + path, timeout=10) as answer:
        assert answer.read().decode() == place.certificate["pem"]
    assert place.control("certificate")["authority"] == place.certificate["authority"]


def test_a_control_that_paypal_refuses_says_why(place: Place) -> None:
    for name, words in (
        ("finish_checkout", {"checkout_id": "UNKNOWN1", "outcome": "paid"}),
        ("finish_checkout", {"checkout_id": "UNKNOWN1", "outcome": "maybe"}),
        ("open_dispute", {"payment_id": "UNKNOWN1"}),
        ("switches", {"no_such_switch": 1}),
    ):
        with pytest.raises(urllib.error.HTTPError) as refused:
            place.control(name, **words)
        assert refused.value.code == 400
        refused.value.close()


def test_tokens_and_switches_change_on_demand(place: Place) -> None:
    calls.open_checkout(place.access, page())
    assert place.control("expire_tokens") == 1
    calls.open_checkout(place.access, page("order-8"))
    assert place.control("switches", dispute_fee=0)["dispute_fee"] == 0
