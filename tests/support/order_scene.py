"""Checkouts in memory: the real operations on our own table, with made-up gateways.

The gateways do what a test tells them: answer, refuse, fall silent before or after they opened a
page. They remember idempotency keys, so that saying the same again opens no second page.
"""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from kassa.checkout.open_checkout import open_checkout
from kassa.checkout.resolve_attempt import resolve_attempt
from kassa.checkout.routing.route_order import offered
from kassa.checkout.routing.routes import read_routes
from kassa.checkout.routing.store import SavedRoutes
from kassa.checkout.track_order import track_order
from kassa.core.errors import GatewayRefused, GatewayUnavailable
from kassa.core.money import Money
from kassa.fact_catalog import AnyFact
from kassa.gateways import registry
from kassa.gateways.events import (
    Delivery,
    GatewayEvent,
    ObjectKind,
    ObjectReport,
    Subject,
    SubjectKind,
)
from kassa.gateways.registry import Ability, Gateway
from kassa.gateways.submissions import (
    CheckoutState,
    CheckoutSubmission,
    FoundCheckout,
    OpenedCheckout,
)
from kassa.ledger.book_event import book_event
from kassa.ledger.store import Books
from kassa.orders.attempts import Attempt
from kassa.orders.lifecycle import OrderLifecycle
from kassa.orders.queues import OrderQueue
from kassa.orders.store import Orders
from kassa.orders.views import ShownCheckout
from kassa.platform import clock
from kassa.platform.secrets import ApiAccess
from kassa.platform.telemetry import metrics
from kassa.refunds.store import RefundRequests
from tests.simulation.aws.bucket import Secrets
from tests.simulation.dynamodb.items import PAYMENTS_TABLE
from tests.simulation.dynamodb.store import Store
from tests.support.builders import NOW, OPERATOR
from tests.support.fake_clock import FakeClock
from tests.support.orders import order
from tests.support.refund_scene import FakeBus, WakeUps, found_by_the_code

TABLE = "orders"
HOUR = timedelta(hours=1)
FULL = frozenset({Ability.OPEN_CHECKOUT, Ability.FIND_CHECKOUT, Ability.REFUND})
METHODS = {"card": "card", "pay_later": "later"}
GATEWAYS = {
    "north": Gateway(
        can=FULL, memory=20 * HOUR, open_for=HOUR, methods=METHODS, finds_by_name=True
    ),
    "south": Gateway(
        can=FULL, memory=20 * HOUR, open_for=HOUR, methods=METHODS, finds_by_name=True
    ),
    "blind": Gateway(  # can't find a page again
        can=FULL - {Ability.FIND_CHECKOUT}, memory=20 * HOUR, open_for=HOUR, methods=METHODS
    ),
    "forgetful": Gateway(can=FULL, open_for=HOUR, methods=METHODS),  # remembers no key
    "mute": Gateway(methods=METHODS),  # opens no pages
    "timeless": Gateway(  # neither finds a page nor says when it closes
        can=FULL - {Ability.FIND_CHECKOUT}, memory=20 * HOUR, methods=METHODS
    ),
}
ENVIRONMENT = {
    **{"TABLE_NAME": TABLE, "BUS_NAME": "kassa", "SECRETS_PREFIX": "kassa"},
    **{"EVENTS_QUEUE_URL": "events", "REFUNDS_QUEUE_URL": "refunds"},
    "GATEWAY_ACCOUNTS": "north/main,south/main",
}
ACCESS = {f"kassa/api/{name}/main": json.dumps({"api_key": "k"}) for name in GATEWAYS} | {
    "kassa/api/north/second": json.dumps({"api_key": "k"})
}

OK, LOST, SILENT = "ok", "lost", "silent"  # lost: it is done, and nobody hears of it
Act = str | Exception


class FakeGateway:
    """A gateway's `calls` module: what it was asked, and the pages it has."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.acts: list[Act] = []  # what it does when it is asked next; without any it answers
        self.submitted: list[str] = []
        self.submissions: list[CheckoutSubmission] = []
        self.pages: dict[str, OpenedCheckout] = {}
        self.states: dict[str, CheckoutState] = {}
        self.is_out = False
        self.meanwhile: Callable[[], None] = lambda: None  # while it is being asked

    def open_checkout(self, access: ApiAccess, sent: CheckoutSubmission) -> OpenedCheckout:
        """Open a page, once for each key."""
        self.submitted.append(sent.idempotency_key)
        self.submissions.append(sent)
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()
        act = SILENT if self.is_out else self.acts.pop(0) if self.acts else OK
        if isinstance(act, Exception):
            raise act
        if act == SILENT:
            raise GatewayUnavailable(f"{self.name} is silent")
        page = self._page(sent)
        if act == LOST:
            raise GatewayUnavailable(f"the answer of {self.name} was lost")
        return page

    def find_checkout(
        self, access: ApiAccess, sent: CheckoutSubmission, checkout_id: str | None
    ) -> FoundCheckout | None:
        """Find a page by our name for it."""
        if self.is_out:
            raise GatewayUnavailable(f"{self.name} is silent")
        page = self.pages.get(sent.submission_id)
        if page is None:
            return None
        return FoundCheckout(state=self.states[sent.submission_id], opened=page)

    def read(self, raw: bytes, delivery: Delivery) -> GatewayEvent:
        """Read what the tests say in its name, which is in our own words already."""
        return GatewayEvent.model_validate_json(raw)

    def _page(self, sent: CheckoutSubmission) -> OpenedCheckout:
        known = self.pages.get(sent.submission_id)
        if known is not None:
            return known
        checkout_id = f"{self.name}_{len(self.pages) + 1}"
        page = OpenedCheckout(
            checkout_id=checkout_id,
            url=f"https://{self.name}.example/{checkout_id}",
            expires_at=clock.now() + timedelta(hours=24),
        )
        self.pages[sent.submission_id], self.states[sent.submission_id] = page, CheckoutState.OPEN
        return page


def refusal(is_retryable: bool, reason: str = "no_such_luck") -> GatewayRefused:
    """Return a gateway's known no."""
    return GatewayRefused(reason, is_retryable=is_retryable)


def payment(gateway: str, payment_id: str) -> Subject:
    """Return a payment as a subject."""
    return Subject(gateway=gateway, account="main", kind=SubjectKind.PAYMENT, subject_id=payment_id)


def charge(
    payment_id: str, amount_minor: int, at: datetime, state: str = "captured", number: int = 1
) -> ObjectReport:
    """Say how a payment's charge stands."""
    return object_report(f"{payment_id}/ch_{number}", ObjectKind.CHARGE, state, at, amount_minor)


def object_report(
    object_id: str, kind: ObjectKind, state: str, at: datetime, amount_minor: int = 100_00
) -> ObjectReport:
    """Say how an object stands."""
    amount = Money(amount_minor=amount_minor, currency="EUR")
    return ObjectReport(object_id=object_id, kind=kind, state=state, amount=amount, happened_at=at)


class OrderScene:
    """Everything around orders, and the acts of those who use it."""

    def __init__(self, of_clock: FakeClock) -> None:
        self.clock = of_clock
        self.store = Store({TABLE: PAYMENTS_TABLE})
        self.wake_ups, self.bus = WakeUps(), FakeBus()
        self.gateways = {name: FakeGateway(name) for name in GATEWAYS}
        self.north, self.south = self.gateways["north"], self.gateways["south"]
        self.orders = Orders("main")

    def services(self) -> dict[str, Any]:
        """Return what stands behind each AWS client."""
        return {
            "dynamodb": self.store,
            "sqs": self.wake_ups,
            "events": self.bus,
            "secretsmanager": Secrets(ACCESS),
        }

    def post(self, **fields: Any) -> ShownCheckout:
        """Send an order, as the shop does."""
        return open_checkout(order(**fields), self.orders, self.time_left())

    def time_left(self) -> Callable[[], float]:
        """Begin a request of 29 seconds; return how to ask what is left of it."""
        began = self.clock.at
        return lambda: 29.0 - (self.clock.at - began).total_seconds()

    def route(self, *routes: Any) -> None:
        """Save routes; a plain word is a gateway's main account."""
        listed = [{"gateway": one} if isinstance(one, str) else one for one in routes]
        saved = SavedRoutes("main")
        version = (newest.version if (newest := saved.newest()) else 0) + 1
        routes = read_routes({"routes": listed}, offered(), version, self.clock.at)
        saved.save(routes, OPERATOR)

    def lifecycle(self, order_id: str = "order-1") -> OrderLifecycle:
        """Return how an order stands."""
        return self.orders.named(order_id).lifecycle

    def attempt(self, order_id: str = "order-1") -> Attempt:
        """Return an order's newest attempt."""
        return self.lifecycle(order_id).attempts[-1]

    def states(self, order_id: str = "order-1") -> list[tuple[str, str]]:
        """Return where an order was asked for, and what came of it."""
        return [(one.gateway, str(one.state)) for one in self.lifecycle(order_id).attempts]

    def due(self) -> list[str]:
        """Return the orders that the work queue has for watch_gateways."""
        return list(OrderQueue().due(self.clock.at))

    def watch(self) -> None:
        """Resolve what is due, as watch_gateways does."""
        for order_id in self.due():
            resolve_attempt(order_id, self.orders, self.time_left())

    def report(
        self,
        gateway: str,
        payment_id: str,
        *object_reports: ObjectReport,
        order_id: str | None = "order-1",
    ) -> list[AnyFact]:
        """Book what a gateway reports of a payment, and return the facts that it made true."""
        before = len(self.bus.facts)
        event = GatewayEvent(
            event_id=f"{payment_id}:{'|'.join(f'{s.object_id}.{s.state}' for s in object_reports)}",
            subject=payment(gateway, payment_id),
            gateway_type="test",
            happened_at=self.clock.at,
            object_reports=object_reports,
            order_id=order_id,
        )
        delivery = Delivery(
            gateway=gateway,
            account="main",
            merchant_id="main",
            mode="live",
            received_at=self.clock.at,
            body_base64=base64.b64encode(event.model_dump_json().encode()).decode(),
        )
        book_event(delivery, "raw#0", Books(), self.time_left())
        return [AnyFact.model_validate(fact) for _, fact in self.bus.facts[before:]]

    def track(self, *facts: AnyFact) -> None:
        """Let orders receive facts, as OrdersQueue brings them."""
        for fact in facts:
            track_order(fact, self.orders, RefundRequests(), self.time_left())

    def capture(self, gateway: str, payment_id: str, amount_minor: int = 100_00) -> list[AnyFact]:
        """Capture a payment of the order, and return the facts that the bus has for it."""
        return self.report(gateway, payment_id, charge(payment_id, amount_minor, self.clock.at))

    def pass_by(self, **time: float) -> None:
        """Let time pass."""
        self.clock.at += timedelta(**time)

    def submitted(self) -> list[str]:
        """Return every idempotency key that any gateway was asked with, in no order."""
        return [key for gateway in self.gateways.values() for key in gateway.submitted]


@contextmanager
def opened() -> Iterator[OrderScene]:
    """Open a scene at the tests' instant, with two gateways in their order."""
    scene, known = OrderScene(FakeClock(NOW)), registry.module
    metrics.clear_metrics()
    with found_by_the_code(ENVIRONMENT, scene.clock, scene.services()) as patch:
        patch.setattr(registry, "GATEWAYS", dict(registry.GATEWAYS) | GATEWAYS)
        patch.setattr(
            registry, "module", lambda name, part: scene.gateways.get(name) or known(name, part)
        )
        yield scene


@pytest.fixture
def scene() -> Iterator[OrderScene]:
    """Open a scene for one test."""
    with opened() as made:
        yield made
