"""BTCPay's twin over real HTTP: Kassa's own client asks it, and its webhooks arrive signed."""

import argparse
import hmac
import json
import threading
import time
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from infra.twins.btcpay.served import open_desk
from infra.twins.server import Server
from kassa.adapters.gateways import http
from kassa.adapters.gateways.btcpay import calls
from kassa.adapters.secrets import ApiAccess
from kassa.domain.checkouts import CheckoutAsk, CheckoutState
from kassa.domain.events import Subject, SubjectKind
from kassa.domain.gateway_refunds import RefundAsk
from kassa.domain.money import Money
from kassa.errors import GatewayUnavailable

SECRET = "served-secret"
WAIT_S = 10.0
TEN = Money(amount_minor=10_00, currency="EUR")


class Inbox(HTTPServer):
    """Takes webhooks in and keeps them."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Receiver)
        self.arrived: list[tuple[bytes, str]] = []
        self.url = f"http://127.0.0.1:{self.server_port}/"

    def wait_for(self, event_type: str) -> dict[str, Any]:
        until = time.monotonic() + WAIT_S
        while time.monotonic() < until:
            for body, _ in list(self.arrived):
                said: dict[str, Any] = json.loads(body)
                if said["type"] == event_type:
                    return said
            time.sleep(0.02)
        raise AssertionError(f"{event_type} never came")


class Receiver(BaseHTTPRequestHandler):
    server: Inbox

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.arrived.append((body, self.headers["BTCPay-Sig"]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent."""


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    made = Inbox()
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    http.install(None)
    asked = argparse.Namespace(seed=7, later=0.1, port=0, folder=None)
    made = Server(open_desk(asked))
    threading.Thread(target=made.run, daemon=True).start()
    yield made
    made.stop()


def control(server: Server, name: str, **words: Any) -> Any:
    request = urllib.request.Request(
        f"{server.address}/_twin/{name}", json.dumps(words).encode(), method="POST"
    )
    with urllib.request.urlopen(request, timeout=WAIT_S) as answer:
        return json.loads(answer.read())["result"]


def access(server: Server) -> ApiAccess:
    shop = control(server, "switches")["store_id"]
    return ApiAccess(api_key="key", api_base=server.address, shop=shop, merchant_id="shop")


def test_a_page_is_paid_and_refunded_over_http_and_all_of_it_is_told(
    server: Server, inbox: Inbox
) -> None:
    control(server, "webhooks", url=inbox.url, secrets=["old", SECRET])
    store = access(server)
    ask = CheckoutAsk(
        order_id="o-1",
        asked="o-1.1",
        amount=TEN,
        success_url="https://shop.example/thanks",
        cancel_url="https://shop.example/",
    )
    opened = calls.open_checkout(store, ask)
    control(server, "finish_checkout", checkout_id=opened.checkout_id, outcome="paid")
    found = calls.find_checkout(store, ask, None)
    assert found is not None
    assert found.state is CheckoutState.PAID
    assert inbox.wait_for("InvoiceSettled")["invoiceId"] == opened.payment_id

    payment = Subject(
        gateway="btcpay",
        account="main",
        kind=SubjectKind.PAYMENT,
        subject_id=str(opened.payment_id),
    )
    made = calls.refund(store, RefundAsk(payment=payment, asked="rr_1", amount=TEN))
    assert inbox.wait_for("PayoutUpdated")["pullPaymentId"] == made.refund_id
    assert control(server, "truth")["payments"][opened.payment_id]["refunded_minor"] == 10_00
    for body, proof in inbox.arrived:
        expected = hmac.new(SECRET.encode(), body, "sha256").hexdigest()
        assert proof == f"sha256={expected}"


def test_a_webhook_is_sent_again_under_another_id(server: Server, inbox: Inbox) -> None:
    control(server, "webhooks", url=inbox.url, secret=SECRET, types="InvoiceSettled")
    control(server, "switches", redelivers=1.0)
    control(server, "sell", order_id="o-1", amount_minor=5_00)
    inbox.wait_for("InvoiceSettled")
    until = time.monotonic() + WAIT_S
    while len(inbox.arrived) < 2 and time.monotonic() < until:
        time.sleep(0.02)
    first, again = (json.loads(body) for body, _ in inbox.arrived[:2])
    assert {first["isRedelivery"], again["isRedelivery"]} == {True, False}
    assert first["deliveryId"] != again["deliveryId"]
    assert first["originalDeliveryId"] == again["originalDeliveryId"]
    events = control(server, "events")
    assert {one["type"] for one in events} == {"InvoiceSettled"}
    control(server, "resend", event_id=first["deliveryId"])


def test_a_lost_answer_is_silence_also_over_http(server: Server) -> None:
    store, sold = access(server), control(server, "sell", order_id="o-1", amount_minor=5_00)
    payment = Subject(
        gateway="btcpay", account="main", kind=SubjectKind.PAYMENT, subject_id=sold["payment_id"]
    )
    ask = RefundAsk(payment=payment, asked="rr_1", amount=TEN)
    control(server, "faults", kind="lost_response", method="POST")
    with pytest.raises(GatewayUnavailable):
        calls.refund(store, ask)
    found = calls.refund(store, ask)
    refunds = control(server, "truth")["refunds"]
    assert [one["refund_id"] for one in refunds] == [found.refund_id]
