"""The fake Stripe over HTTP: the official client, signed webhooks, faults and the controls."""

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import stripe

from infra.fake_gateways.kit.server import Server
from infra.fake_gateways.stripe.account import Switches
from infra.fake_gateways.stripe.server import open_router
from tests.support import fake_gateway_servers
from tests.support.fake_gateway_servers import Inbox

SECRETS = ["whsec_first", "whsec_second"]


class Place(fake_gateway_servers.Place):
    """A running fake, its client and its inbox."""

    def __init__(self, server: Server, inbox: Inbox) -> None:
        super().__init__(server, inbox)
        self.control("webhooks", url=inbox.url, secrets=SECRETS)
        self.v1: Any = self.client().v1

    def client(self) -> stripe.StripeClient:
        addresses: Any = {"api": self.server.address}
        return stripe.StripeClient("sk_test_1", base_addresses=addresses, max_network_retries=0)

    def pay(self) -> Any:
        params: Any = {"amount": 100_00, "currency": "eur", "payment_method": "pm_card_visa"}
        return self.v1.payment_intents.create(params | {"confirm": True})

    def refund(self, payment_id: str, amount: int, key: str) -> Any:
        params: Any = {"payment_intent": payment_id, "amount": amount}
        return self.client().v1.refunds.create(params, {"idempotency_key": key})

    def refunded(self, payment_id: str) -> int:
        rows = self.v1.refunds.list({"payment_intent": payment_id, "limit": 100}).data
        return sum(row.amount for row in rows)

    def settled(self) -> list[str]:
        """Wait until nothing travels; return the types that arrived."""
        for _ in range(200):
            if self.control("deliveries")["waiting"] == 0:
                break
            time.sleep(0.02)
        return self.types()

    def types(self) -> list[str]:
        return [body["type"] for body in self.inbox.bodies()]


@pytest.fixture
def place() -> Iterator[Place]:
    with fake_gateway_servers.running(open_router(Switches(), seed=1), "stripe") as (server, inbox):
        yield Place(server, inbox)


def test_the_client_pays_and_refunds_and_every_webhook_is_signed_by_both_secrets(
    place: Place,
) -> None:
    payment = place.pay()
    refund = place.refund(payment.id, 30_00, "k")
    assert (refund.status, refund.amount) == ("succeeded", 30_00)
    assert sorted(place.settled()) == [
        *("charge.refunded", "charge.succeeded", "charge.updated", "payment_intent.created"),
        *("payment_intent.succeeded", "refund.created"),
    ]
    for letter in place.inbox.letters:
        body, signature = letter.body, letter.headers["stripe-signature"]
        for secret in SECRETS:
            assert stripe.Webhook.construct_event(body, signature, secret).id
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(body, signature, "whsec_other")


def test_a_refused_webhook_comes_again_and_counts_as_missed_meanwhile(place: Place) -> None:
    place.control("habits", retry_s=0.2)
    place.inbox.statuses = [503, 500]
    place.v1.customers.create()
    time.sleep(0.1)
    (missed,) = place.v1.events.list({"delivery_success": False}).data
    assert missed.type == "customer.created"
    assert place.settled() == ["customer.created"] * 3
    assert place.v1.events.list({"delivery_success": False}).data == []
    statuses = [one["status"] for one in place.control("deliveries")["log"]]
    assert statuses == [503, 500, 200]


def test_webhooks_come_twice_on_demand_and_are_sent_anew_by_hand(place: Place) -> None:
    place.control("habits", duplicates=1.0, again_max_s=0.05)
    place.v1.customers.create()
    assert place.settled() == ["customer.created"] * 2
    (event,) = place.control("events")
    place.control("habits", duplicates=0.0)
    place.control("resend", event_id=event["id"])
    assert len(place.settled()) == 3
    assert len({body["id"] for body in place.inbox.bodies()}) == 1


def test_webhooks_of_one_second_come_in_reverse_on_demand(place: Place) -> None:
    place.control("clock", is_stopped=True)
    place.control("hold")
    place.refund(place.pay().id, 30_00, "k")
    assert place.types() == []
    assert place.control("release", order="reversed") == 6
    types = place.settled()
    assert types[0] == "charge.refunded"
    assert types[-1] == "payment_intent.created"
    assert len({body["created"] for body in place.inbox.bodies()}) == 1


def test_an_endpoint_receives_only_what_it_subscribed_to(place: Place) -> None:
    params: Any = {"url": place.inbox.url, "enabled_events": ["customer.*"]}
    made = place.v1.webhook_endpoints.create(params)
    place.v1.customers.create()
    assert place.settled() == ["customer.created"] * 2
    signatures = [letter.headers["stripe-signature"] for letter in place.inbox.letters]
    body = place.inbox.letters[0].body
    assert made.secret is not None
    proven = 0
    for signature in signatures:
        with suppress(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(body, signature, made.secret)
            proven += 1
    assert proven == 1
    rolled = place.control("roll_secret", endpoint_id=made.id)
    place.v1.webhook_endpoints.delete(made.id)
    assert rolled.startswith("whsec_")


def test_a_lost_response_leaves_its_refund_and_the_key_finds_it(place: Place) -> None:
    payment = place.pay()
    place.control("faults", kind="lost_response", path="/v1/refunds", method="POST")
    with pytest.raises(stripe.APIConnectionError):
        place.refund(payment.id, 30_00, "k")
    assert place.refunded(payment.id) == 30_00
    again = place.refund(payment.id, 30_00, "k")
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert place.refunded(payment.id) == 30_00


def test_a_lost_request_did_nothing(place: Place) -> None:
    payment = place.pay()
    place.control("faults", kind="lost_request", path="/v1/refunds", method="POST")
    with pytest.raises(stripe.APIConnectionError):
        place.refund(payment.id, 30_00, "k")
    assert place.refunded(payment.id) == 0


def test_a_slow_answer_holds_its_key(place: Place) -> None:
    payment = place.pay()
    place.control("faults", kind="slow", path="/v1/refunds", method="POST", seconds=0.5)
    slow = threading.Thread(target=place.refund, args=(payment.id, 30_00, "k"))
    slow.start()
    time.sleep(0.2)
    with pytest.raises(stripe.APIError) as conflict:
        place.refund(payment.id, 30_00, "k")
    assert conflict.value.http_status == 409
    assert place.refunded(payment.id) == 0
    slow.join()
    assert place.refunded(payment.id) == 30_00


def test_a_day_passes_and_the_key_is_forgotten(place: Place) -> None:
    payment = place.pay()
    place.refund(payment.id, 30_00, "k")
    place.control("clock", skip_s=86_400)
    place.refund(payment.id, 30_00, "k")
    assert place.refunded(payment.id) == 60_00


def raced(place: Place) -> tuple[int, list[str]]:
    """Ask twenty times at once for 60 of 100; return what was refunded and what was refused."""
    payment, refused = place.pay(), list[str]()
    starts = threading.Barrier(20)

    def refund_one(number: int) -> None:
        starts.wait()
        try:
            place.refund(payment.id, 60_00, f"refund:{number}")
        except stripe.InvalidRequestError as error:
            refused.append(str(error.user_message))

    askers = [threading.Thread(target=refund_one, args=(number,)) for number in range(20)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    return place.refunded(payment.id), refused


def test_in_a_race_stripe_refunds_once(place: Place) -> None:
    refunded, refused = raced(place)
    assert refunded == 60_00
    assert len(refused) == 19


def test_in_a_race_without_the_limit_it_refunds_every_time(place: Place) -> None:
    place.control("switches", lifts_refund_limit=True)
    assert raced(place) == (20 * 60_00, [])


def test_banks_and_people_act_through_the_controls(place: Place) -> None:
    payment = place.pay()
    refund = place.refund(payment.id, 10_00, "k")
    place.control("settle_refund", refund_id=refund.id, status="failed")
    place.control("refund_in_dashboard", charge_id=payment.latest_charge, amount=5_00)
    dispute = place.control("open_dispute", charge_id=payment.latest_charge, amount=20_00)
    place.control("close_dispute", dispute_id=dispute["id"], status="won")
    types = place.settled()
    for name in ("refund.failed", "charge.dispute.created", "charge.dispute.funds_reinstated"):
        assert name in types
    assert types.count("refund.created") == 2


@pytest.mark.parametrize(
    ("control", "params", "status"),
    [
        ("colour", {}, 404),
        ("switches", {"colour": 1}, 400),
        ("switches", {"rates": 1}, 400),
        ("settle_refund", {"refund_id": "re_unknown", "status": "failed"}, 400),
        ("settle_refund", {}, 400),
        ("faults", {"kind": "colour"}, 400),
    ],
)
def test_a_control_says_what_it_does_not_understand(
    place: Place, control: str, params: dict[str, Any], status: int
) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        place.control(control, **params)
    with refused.value as answer:
        assert answer.code == status
        assert "error" in json.load(answer)


def test_without_a_key_nobody_is_answered(place: Place) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{place.server.address}/v1/charges", timeout=10)
    with refused.value as answer:
        assert answer.code == 401


def test_a_body_that_is_no_control_is_refused(place: Place) -> None:
    request = urllib.request.Request(f"{place.server.address}/_fake/clock", b"{", method="POST")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=10)
    with refused.value as answer:
        assert answer.code == 400
