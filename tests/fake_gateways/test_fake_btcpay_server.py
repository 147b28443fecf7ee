"""The fake BTCPay over real HTTP: Kassa's own client asks it, and its webhooks arrive signed."""

import argparse
import hmac
import json
from collections.abc import Iterator
from typing import Any

import pytest

from infra.fake_gateways.btcpay.server import open_router
from kassa.core.errors import GatewayUnavailable
from kassa.core.money import Money
from kassa.gateways import http
from kassa.gateways.btcpay import gateway as calls
from kassa.gateways.events import Subject, SubjectKind
from kassa.gateways.submissions import CheckoutState, CheckoutSubmission, RefundSubmission
from kassa.platform.secrets import ApiAccess
from tests.support import fake_gateway_servers
from tests.support.fake_gateway_servers import wait

SECRET = "served-secret"
TEN = Money(amount_minor=10_00, currency="EUR")


class Place(fake_gateway_servers.Place):
    """A running fake and its inbox."""

    def wait_for(self, event_type: str) -> dict[str, Any]:
        """Return the first webhook of a type once it is there."""

        def found() -> list[dict[str, Any]]:
            return [body for body in self.inbox.bodies() if body["type"] == event_type]

        wait(lambda: bool(found()))
        return found()[0]


@pytest.fixture
def place() -> Iterator[Place]:
    http.install(None)
    arguments = argparse.Namespace(seed=7, later=0.1, port=0, folder=None)
    with fake_gateway_servers.running(open_router(arguments), "btcpay") as (server, inbox):
        yield Place(server, inbox)


def access(place: Place) -> ApiAccess:
    shop = place.control("switches")["store_id"]
    return ApiAccess(api_key="key", api_base=place.server.address, shop=shop, merchant_id="shop")


def test_a_checkout_is_paid_and_refunded_over_http_and_all_of_it_is_sent(place: Place) -> None:
    place.control("webhooks", url=place.inbox.url, secrets=["old", SECRET])
    store = access(place)
    submission = CheckoutSubmission(
        order_id="o-1",
        submission_id="o-1.1",
        amount=TEN,
        success_url="https://shop.example/thanks",
        cancel_url="https://shop.example/",
    )
    opened = calls.open_checkout(store, submission)
    place.control("finish_checkout", checkout_id=opened.checkout_id, outcome="paid")
    found = calls.find_checkout(store, submission, None)
    assert found is not None
    assert found.state is CheckoutState.PAID
    assert place.wait_for("InvoiceSettled")["invoiceId"] == opened.payment_id

    payment = Subject(
        gateway="btcpay",
        account="main",
        kind=SubjectKind.PAYMENT,
        subject_id=str(opened.payment_id),
    )
    made = calls.refund(store, RefundSubmission(payment=payment, submission_id="rr_1", amount=TEN))
    assert place.wait_for("PayoutUpdated")["pullPaymentId"] == made.refund_id
    assert place.control("truth")["payments"][opened.payment_id]["refunded_minor"] == 10_00
    for letter in place.inbox.letters:
        expected = hmac.new(SECRET.encode(), letter.body, "sha256").hexdigest()
        assert letter.headers["btcpay-sig"] == f"sha256={expected}"


def test_a_webhook_is_sent_again_under_another_id(place: Place) -> None:
    place.control("webhooks", url=place.inbox.url, secret=SECRET, types="InvoiceSettled")
    place.control("switches", redelivers=1.0)
    place.control("sell", order_id="o-1", amount_minor=5_00)
    place.wait_for("InvoiceSettled")
    first, again = (json.loads(letter.body) for letter in place.inbox.wait_for(2)[:2])
    assert {first["isRedelivery"], again["isRedelivery"]} == {True, False}
    assert first["deliveryId"] != again["deliveryId"]
    assert first["originalDeliveryId"] == again["originalDeliveryId"]
    events = place.control("events")
    assert {one["type"] for one in events} == {"InvoiceSettled"}
    place.control("resend", event_id=first["deliveryId"])


def test_a_lost_answer_is_silence_also_over_http(place: Place) -> None:
    store, sold = access(place), place.control("sell", order_id="o-1", amount_minor=5_00)
    payment = Subject(
        gateway="btcpay", account="main", kind=SubjectKind.PAYMENT, subject_id=sold["payment_id"]
    )
    submission = RefundSubmission(payment=payment, submission_id="rr_1", amount=TEN)
    place.control("faults", kind="lost_response", method="POST")
    with pytest.raises(GatewayUnavailable):
        calls.refund(store, submission)
    found = calls.refund(store, submission)
    refunds = place.control("truth")["refunds"]
    assert [one["refund_id"] for one in refunds] == [found.refund_id]
