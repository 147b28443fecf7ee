"""The fake Adyen over HTTP: the official client, downloads, faults, and webhooks as sent."""

import json
import urllib.error
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from infra.fake_gateways.adyen.account import Switches
from infra.fake_gateways.adyen.server import open_router
from infra.fake_gateways.kit.server import Server
from kassa.core.errors import GatewayUnavailable
from kassa.gateways import http
from kassa.gateways.adyen import gateway as calls
from kassa.gateways.events import Subject, SubjectKind
from kassa.gateways.submissions import CheckoutState, CheckoutSubmission, RefundSubmission
from kassa.gateways.webhooks.parts import signature_scheme
from kassa.gateways.webhooks.secrets import WebhookEndpoint
from kassa.platform.secrets import ApiAccess
from tests.support import fake_gateway_servers
from tests.support.builders import eur
from tests.support.fake_gateway_servers import Inbox, wait

OLD_KEY, KEY = "0a" * 32, "44782DEF" * 8
SHOP = "KassaECOM"


class Place(fake_gateway_servers.Place):
    """A running fake and its inbox."""

    def __init__(self, server: Server, inbox: Inbox) -> None:
        super().__init__(server, inbox)
        self.access = ApiAccess(
            api_key="key_1", api_base=server.address, shop=SHOP, merchant_id="shop"
        )
        self.control("webhooks", url=inbox.url, secrets=[OLD_KEY, KEY])

    def receives(self, *codes: str) -> None:
        """Wait until these arrived, in any order."""
        wait(lambda: sorted(self.codes()) == sorted(codes))

    def codes(self) -> list[str]:
        """Return what every verified letter says."""
        endpoint = WebhookEndpoint("shop", "live", (OLD_KEY, KEY), None, shop=SHOP)
        received = []
        for letter in self.inbox.letters:
            parts = signature_scheme("adyen").verify(letter, endpoint, datetime.now(UTC))
            items = [json.loads(part.body)["notificationItems"][0] for part in parts]
            received += [item["NotificationRequestItem"]["eventCode"] for item in items]
        return received


@pytest.fixture
def place() -> Iterator[Place]:
    http.install(None)
    with fake_gateway_servers.running(open_router(Switches(), 1), "adyen") as (server, inbox):
        yield Place(server, inbox)


def checkout_submission() -> CheckoutSubmission:
    return CheckoutSubmission(
        order_id="order-1",
        submission_id="order-1.1",
        amount=eur(100_00),
        success_url="https://shop.example/thanks",
        cancel_url="https://shop.example/cart",
    )


def refund_submission(payment_id: str) -> RefundSubmission:
    payment = Subject(
        gateway="adyen", account="main", kind=SubjectKind.PAYMENT, subject_id=payment_id
    )
    return RefundSubmission(payment=payment, submission_id="rr_1", amount=eur(30_00))


def test_a_checkout_a_refund_and_a_report_over_the_network(place: Place) -> None:
    opened = calls.open_checkout(place.access, checkout_submission())
    place.control("finish_checkout", checkout_id=opened.checkout_id, outcome="paid")
    found = calls.find_checkout(place.access, checkout_submission(), opened.checkout_id)
    assert found
    assert found.state is CheckoutState.PAID
    (payment_id,) = place.control("truth")["payments"]
    made = calls.refund(place.access, refund_submission(payment_id))
    place.receives("AUTHORISATION", "REFUND")
    assert calls.refund(place.access, refund_submission(payment_id)) == made
    assert list(calls.payouts(place.access, None, datetime.now(UTC))) == []
    place.control("pay_out_all")
    (page,) = calls.payouts(place.access, None, datetime.now(UTC))
    assert len(list(page.bodies)) == 3
    place.receives("AUTHORISATION", "REFUND", "REPORT_AVAILABLE")


def test_a_webhook_that_was_not_taken_comes_again(place: Place) -> None:
    place.control("habits", retry_s=0.05)
    place.inbox.statuses = [503, 500]
    place.control("sell", order_id="order-1", amount_minor=100_00)
    place.receives("AUTHORISATION", "AUTHORISATION", "AUTHORISATION")


def test_held_webhooks_come_in_another_order_and_duplicates_come_twice(place: Place) -> None:
    place.control("hold")
    payment_id = place.control("sell", order_id="order-1", amount_minor=100_00)["payment_id"]
    place.control("open_dispute", payment_id=payment_id)
    place.control("release", order="reversed")
    place.receives("CHARGEBACK", "NOTIFICATION_OF_CHARGEBACK", "AUTHORISATION")
    assert place.codes()[0] == "CHARGEBACK"
    place.control("habits", duplicates=1.0, again_max_s=0.05)
    place.control("close_dispute", dispute_id=_dispute(place), outcome="won")
    codes = ["CHARGEBACK", "NOTIFICATION_OF_CHARGEBACK", "AUTHORISATION"]
    place.receives(*codes, "CHARGEBACK_REVERSED", "CHARGEBACK_REVERSED")


def _dispute(place: Place) -> str:
    (items, *_) = [one for one in place.control("events") if one[0]["eventCode"] == "CHARGEBACK"]
    return str(items[0]["pspReference"])


def test_a_lost_response_is_unknown_and_the_same_params_refund_once(place: Place) -> None:
    payment_id = place.control("sell", order_id="order-1", amount_minor=100_00)["payment_id"]
    place.control("faults", kind="lost_response", path="/v72/payments")
    with pytest.raises(GatewayUnavailable):
        calls.refund(place.access, refund_submission(payment_id))
    made = calls.refund(place.access, refund_submission(payment_id))
    (refund,) = place.control("truth")["refunds"]
    assert refund["refund_id"] == made.refund_id


def test_what_can_not_be_done_is_refused_with_its_reason(place: Place) -> None:
    with pytest.raises(urllib.error.HTTPError) as refusal:
        place.control("open_dispute", payment_id="NONE")
    with refusal.value as answer:
        assert "pspReference" in json.load(answer)["error"]
