"""The served twin without an API: its webhooks over HTTP, signed as they are sent, or twice."""

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

from infra.twins.server import Server
from infra.twins.standard.account import Switches
from infra.twins.standard.served import open_desk
from infra.twins.standard.signing import public_of
from kassa.adapters.gateways.standard.signature import verify
from kassa.adapters.webhook_requests import WebhookRequest
from kassa.adapters.webhook_secrets import WebhookEndpoint

SECRETS = ["whsec_" + "e" * 32, "whsk_" + "f" * 43 + "="]
WAIT_S = 10


class Inbox(ThreadingHTTPServer):
    """Where webhooks arrive; the next statuses are given, then 200."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Letter)
        self.letters: list[tuple[bytes, dict[str, str]]] = []
        self.statuses: list[int] = []
        self.url = f"http://127.0.0.1:{self.server_port}/webhooks/standard/main"

    def wait_for(self, count: int) -> list[tuple[bytes, dict[str, str]]]:
        """Return the letters once there are so many."""
        until = time.monotonic() + WAIT_S
        while len(self.letters) < count and time.monotonic() < until:
            time.sleep(0.02)
        assert len(self.letters) >= count
        return list(self.letters)


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
    """A running twin and its inbox."""

    def __init__(self, server: Server, inbox: Inbox) -> None:
        self.server, self.inbox = server, inbox

    def control(self, name: str, **words: Any) -> Any:
        """Use a control; a refusal is raised as its words."""
        data = json.dumps(words).encode()
        asked = urllib.request.Request(f"{self.server.address}/_twin/{name}", data, method="POST")
        try:
            with urllib.request.urlopen(asked, timeout=WAIT_S) as answer:
                return json.load(answer)["result"]
        except urllib.error.HTTPError as error:
            with error:
                raise ValueError(json.load(error)["error"]) from None


@pytest.fixture
def place() -> Iterator[Place]:
    server, inbox = Server(open_desk(Switches(), 1)), Inbox()
    threads = [
        threading.Thread(target=server.run, daemon=True),
        threading.Thread(target=lambda: inbox.serve_forever(0.02), daemon=True),
    ]
    for thread in threads:
        thread.start()
    place = Place(server, inbox)
    place.control("webhooks", url=inbox.url, secrets=SECRETS)
    yield place
    server.stop()
    inbox.shutdown()
    inbox.server_close()


def is_verified(body: bytes, headers: dict[str, str], *secrets: str) -> bool:
    request = WebhookRequest("standard", "main", headers, body, {})
    return bool(verify(request, WebhookEndpoint("main", "live", secrets, None), datetime.now(UTC)))


def test_what_arrives_is_signed_by_every_live_secret(place: Place) -> None:
    place.control("sell", order_id="o-1", amount_minor=100_00, currency="EUR")
    letters = place.inbox.wait_for(2)

    for body, headers in letters:
        assert is_verified(body, headers, SECRETS[0])
        assert is_verified(body, headers, public_of(SECRETS[1]))
    assert sorted(json.loads(body)["type"] for body, _ in letters) == [
        *("balance.moved", "payment.updated")
    ]


def test_a_duplicate_has_the_same_id_and_body(place: Place) -> None:
    place.control("habits", duplicates=1.0, again_max_s=0.05)
    place.control("decline", order_id="o-1", amount_minor=5_00)
    (first, told), (second, again) = place.inbox.wait_for(2)

    assert (first, told["webhook-id"]) == (second, again["webhook-id"])


def test_a_refused_webhook_comes_again_signed_anew_and_a_resend_under_its_name(
    place: Place,
) -> None:
    place.inbox.statuses.append(503)
    place.control("habits", retry_s=0.05)
    place.control("decline", order_id="o-1", amount_minor=5_00)
    letters = place.inbox.wait_for(2)
    (told,) = place.control("events")
    place.control("resend", event_id=told["name"])

    names = {headers["webhook-id"] for _, headers in [*letters, *place.inbox.wait_for(3)]}
    assert names == {told["name"]}


def test_held_webhooks_come_reversed(place: Place) -> None:
    place.control("hold")
    place.control("sell", order_id="o-1", amount_minor=100_00)
    assert place.inbox.letters == []
    assert place.control("release", order="reversed") == 2

    types = [json.loads(body)["type"] for body, _ in place.inbox.wait_for(2)]
    assert types == ["balance.moved", "payment.updated"]


def test_one_story_is_driven_by_the_controls_that_all_twins_have(place: Place) -> None:
    sold = place.control("sell", order_id="o-1", amount_minor=100_00, currency="EUR")
    refund = place.control("refund_in_dashboard", payment_id=sold["payment_id"], amount_minor=30_00)
    place.control("fail_refund", refund_id=refund["refund_id"])
    dispute = place.control("open_dispute", payment_id=sold["payment_id"])
    place.control("close_dispute", dispute_id=dispute["dispute_id"], outcome="won")
    assert place.control("pay_out_all")["payout_id"]

    truth = place.control("truth")
    assert truth["balance_minor"] == {"EUR": 0}
    assert truth["payments"][sold["payment_id"]]["refunded_minor"] == 0
    with pytest.raises(ValueError, match="no checkouts"):
        place.control("finish_checkout", checkout_id="c", outcome="paid")
