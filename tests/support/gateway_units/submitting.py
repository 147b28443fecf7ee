"""What a gateway is asked for, caught on its way out; it never answers."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, cast

from kassa.core.errors import GatewayRefused
from kassa.core.money import Money
from kassa.gateways import http, registry
from kassa.gateways.events import Subject, SubjectKind
from kassa.gateways.http import HttpAnswer, HttpRequest
from kassa.gateways.ports import Calls
from kassa.gateways.stripe import client as stripe_client
from kassa.gateways.submissions import CheckoutSubmission, OrderLine, RefundSubmission
from kassa.platform.secrets import ApiAccess

ACCESS = ApiAccess(
    api_key="key",
    api_id="id",
    api_base="https://gateway.test",
    shop="Shop",
    webhook_url="https://kassa.test/webhooks/x/main",
    callback_secret="secret",
    merchant_id="main",
)
Body = dict[str, Any]
_TOKEN = b'{"access_token": "t", "expires_in": 3600}'


class Sent(Exception):
    """A gateway was asked for this."""

    def __init__(self, body: Any) -> None:
        """Hold what was asked for."""
        super().__init__()
        self.body: Any = body


class Wire:
    """Every gateway at once; what is read of it is empty, what is asked of it is caught."""

    def __init__(self) -> None:
        self.requests = 0

    def http(self, request: HttpRequest) -> HttpAnswer:
        """Catch what is posted."""
        if request.url.endswith("/oauth2/token"):
            return HttpAnswer(200, {}, _TOKEN)
        self.requests += 1
        if request.method == "GET":
            return HttpAnswer(200, {}, b"[]")
        raise Sent(json.loads(request.body or b"{}"))

    def stripe(self, fields: Any, options: Any) -> None:
        """Catch what Stripe's client would post."""
        self.requests += 1
        raise Sent(fields)


@contextmanager
def wire() -> Iterator[Wire]:
    """Let all gateways be asked of this wire."""
    caught, of = Wire(), stripe_client.of
    create = SimpleNamespace(create=caught.stripe)
    v1 = SimpleNamespace(checkout=SimpleNamespace(sessions=create), refunds=create)
    stripe_client.of = lambda access: SimpleNamespace(v1=v1)  # type: ignore[assignment]
    http.install(caught.http)
    try:
        yield caught
    finally:
        http.install(None)
        stripe_client.of = of


def checkout_submission(amount: Money, lines: tuple[int, ...] = ()) -> CheckoutSubmission:
    """Submit a checkout of an amount, in lines of these."""
    return CheckoutSubmission(
        order_id="order-1",
        submission_id="order-1.1",
        amount=amount,
        lines=tuple(OrderLine(name="Lamp", quantity=1, amount_minor=one) for one in lines),
        success_url="https://shop.test/thanks",
        cancel_url="https://shop.test/cart",
    )


def refund_submission(gateway: str, amount: Money) -> RefundSubmission:
    """Ask for a refund of an amount."""
    payment = Subject(gateway=gateway, account="main", kind=SubjectKind.PAYMENT, subject_id="pi_1")
    return RefundSubmission(payment=payment, submission_id="rr_1.1", amount=amount)


def sent(gateway: str, submission: CheckoutSubmission | RefundSubmission) -> Body | GatewayRefused:
    """Return what a gateway is asked for, or why it isn't; then nothing has reached it."""
    calls = cast(Calls, registry.module(gateway, "gateway"))
    with wire() as caught:
        try:
            if isinstance(submission, CheckoutSubmission):
                calls.open_checkout(ACCESS, submission)
            else:
                calls.refund(ACCESS, submission)
        except Sent as reached:
            body: Body = reached.body
            return body
        except GatewayRefused as refused:
            assert caught.requests == 0
            return refused
    raise AssertionError("nothing was asked and nothing was refused")
