"""A world: real handlers, wired to models of everything around them as template.yaml wires them."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from infra.fake_gateways.kit.answers import Body
from kassa.people.persons import Role
from kassa.platform import keys, table
from kassa.refunds.policy.model import NO_POLICY
from tests.simulation.aws.bucket import Bucket, Secrets
from tests.simulation.aws.bus import Bus, Rule
from tests.simulation.aws.lambda_runtime import Function, exists
from tests.simulation.aws.queues import Queue, Queues
from tests.simulation.dynamodb.items import PAYMENTS_TABLE
from tests.simulation.dynamodb.store import Store
from tests.simulation.engine.faults import CALM, Weather
from tests.simulation.engine.schedule import EPOCH, Schedule
from tests.simulation.payments.gateway import SECRETS
from tests.simulation.payments.gateway_lifecycle import LivingGateway
from tests.simulation.refunds.cases import Cases
from tests.support.gateway_scenes.scene import Arrival

TABLE = "payments"
OPENED_S = 45.0  # some payments are authorised before it and captured after
OnAnswer = Callable[[int, Body], None]
ENVIRONMENT = {
    "TABLE_NAME": TABLE,
    "EVENTS_QUEUE_URL": "events",
    "REFUNDS_QUEUE_URL": "refunds",
    "BUS_NAME": "kassa",
    "BUCKET_NAME": "bucket",
    "SECRETS_PREFIX": "kassa",
    "STACK_NAME": "kassa",
    "MERCHANT_NAME": "A Merchant",
    "MERCHANT_ADDRESS": "Some Street 1|Some Town",
    "MERCHANT_TAX_ID": "XX123",
}
_SECRETS = {
    "kassa/webhooks/stripe/main": (
        '{"merchant_id":"main","mode":"live","opened_at":null,'
        f'"signing_secrets":["{SECRETS[1]}","{SECRETS[0]}"]}}'
    ),
    "kassa/api/stripe/main": '{"api_key":"sk_simulated","api_base":null}',
}
_ROUTES = {
    "open_checkout": ("POST /orders", "POST /orders/{order_id}/attempts/{number}/resolve"),
    "approve_refund": ("POST /refunds",),
    "decide_refund": ("POST /refunds/{refund_request_id}/{action}",),
}
_REFUNDS_PUBLISHED = frozenset(
    {"RefundCreated", "RefundSucceeded", "RefundFailed", "RefundCanceled", "RefundTraced"}
)
_TO_INVOICES = frozenset({"PaymentCaptured", "PaymentReversed", "RefundSucceeded", "RefundFailed"})
PERSONS = {
    f"key_{name}": f"person_{number:012}" for number, name in enumerate(("one", "two", "shop"))
}
WATCH_EVERY_S = 900.0  # as the schedule in template.yaml says


def person_of(key_id: str) -> str:
    """Return whose key it is; `key_one` and `key_one.2` are one person's."""
    name = key_id.partition(".")[0]
    return PERSONS.get(name, name)


def _person(person_id: str) -> dict[str, Any]:
    """Return the item of somebody who may ask for refunds and decide about them."""
    named = {"person_id": person_id, "name": person_id, "created_at": EPOCH.isoformat()}
    rights = {"roles": {Role.SUPPORT.value, Role.APPROVER.value}, "is_sole": False}
    return keys.person(person_id)._asdict() | named | rights


class World:
    """Everything of one seed."""

    opens_books = True  # in some seeds, while payments are under way

    def __init__(self, seed: int, weather: Weather, version: str) -> None:
        self.schedule = Schedule(seed, weather)
        self.store = Store({TABLE: PAYMENTS_TABLE}, lambda: self.schedule.now_s, self._index_lag_s)
        for person_id in PERSONS.values():
            self.store.put_item(TableName=TABLE, Item=table.typed(_person(person_id)))
        self.bucket = Bucket()
        self.metrics: Counter[str] = Counter()
        self.cases = Cases()
        self.store.on_write.append(self.cases.see_write)
        self.watches_until_s = 0.0
        self.calm_since_s: float | None = None
        self.policy = NO_POLICY("main")
        self.is_closing = seed % 3 == 1  # few objects stay in a payment's item
        is_opening = self.opens_books and seed % 8 == 5  # the books are opened in between
        self.opened_at = EPOCH + timedelta(seconds=OPENED_S) if is_opening else None
        self.environment, self.secrets = dict(ENVIRONMENT), dict(_SECRETS)
        if is_opening:
            self._open_books()
        self._intake = Function("receive_webhook", self.schedule, 20.0)
        self._api = {name: Function(name, self.schedule, 20.0) for name in _ROUTES}
        self.watcher = Function("watch_gateways", self.schedule, 300.0)
        self.events = self._queue("events", "book_event", 30.0, receives_max=10)
        self.invoices = self._queue("invoices", "generate_invoice", 60.0, receives_max=5)
        self.refunds = self._queue("refunds", "pay_refund", 60.0, receives_max=10)
        self.facts = self._queue("facts", "archive_facts", 60.0, receives_max=5)
        self.facts.batch_max, self.facts.window_s = 100, 60.0
        self.queues = [self.events, self.invoices, self.refunds, self.facts]
        self.rules = [
            Rule(_TO_INVOICES, self.invoices),
            Rule(_REFUNDS_PUBLISHED, self.refunds),
            Rule(frozenset(), self.facts, source=None),
        ]
        self.bus = Bus(self.schedule, self.rules)
        self.gateway = LivingGateway(self.schedule, self._post, version)

    def _open_books(self) -> None:
        """Say in both secrets that what was captured before is an opening balance."""
        at = self.opened_at.isoformat() if self.opened_at else None
        for name, text in self.secrets.items():
            secret = json.loads(text) | {"opened_at": at}
            self.secrets[name] = json.dumps(secret)

    def _queue(self, name: str, function: str, timeout_s: float, receives_max: int) -> Queue:
        consumer = Function(function, self.schedule, timeout_s) if exists(function) else None
        return Queue(name, self.schedule, consumer, receives_max)

    def _index_lag_s(self) -> float:
        """Return how far an index is behind its table; the longer, the rougher the weather."""
        return self.schedule.source.uniform(0.0, self.schedule.weather.delay_max_s)

    def services(self) -> dict[str, Any]:
        """Return what stands behind each client."""
        return {
            "dynamodb": self.store,
            "sqs": Queues({queue.name: queue for queue in self.queues}),
            "events": self.bus,
            "s3": self.bucket,
            "secretsmanager": Secrets(self.secrets),
        }

    def _post(self, request: Body, name: str, on_answer: Callable[[int], None]) -> None:
        """Post a webhook of Stripe's."""
        arrival = Arrival(request["body"].encode(), {"stripe-signature": request["signature"]})
        self.post("stripe", arrival, on_answer)

    def post(self, gateway: str, arrival: Arrival, on_answer: Callable[[int], None]) -> None:
        """Post a webhook to the HTTP API, which hands it to the intake."""
        event = {
            "version": "2.0",
            "routeKey": "POST /webhooks/{gateway}/{account}",
            "rawPath": f"/webhooks/{gateway}/main",
            "pathParameters": {"gateway": gateway, "account": "main"},
            "headers": dict(arrival.headers),
            "queryStringParameters": dict(arrival.query) or None,
            "body": arrival.body.decode(),
            "isBase64Encoded": False,
            "requestContext": {"http": {"method": "POST", "path": f"/webhooks/{gateway}/main"}},
        }

        def answered(answer: Any, error: BaseException | None) -> None:
            on_answer(500 if error is not None else int(answer["statusCode"]))

        self._intake.start(event, answered)

    def call_api(
        self, function: str, path: str, body: Body, key_id: str, on_answer: OnAnswer
    ) -> None:
        """Ask the HTTP API with a key; 500 where no answer comes."""
        route_key = next(one for one in _ROUTES[function] if one.count("/") == path.count("/"))
        method, _, route = route_key.partition(" ")
        named = {
            part.strip("{}"): given
            for part, given in zip(route.split("/"), path.split("/"), strict=True)
            if part.startswith("{")
        }
        event = {
            "version": "2.0",
            "routeKey": route_key,
            "rawPath": path,
            "rawQueryString": "",
            "pathParameters": named,
            "headers": {"content-type": "application/json"},
            "body": json.dumps(body),
            "isBase64Encoded": False,
            "requestContext": {
                "http": {"method": method, "path": path},
                "stage": "$default",
                "requestId": f"{function}-{self.schedule.now_s}",
                "authorizer": {"lambda": {"key_id": key_id, "person_id": person_of(key_id)}},
            },
        }

        def answered(answer: Any, error: BaseException | None) -> None:
            status = 500 if error is not None else int(answer["statusCode"])
            if status >= 500 and self._has_been_calm():
                self.schedule.findings.append(f"{path} gets no answer, and nothing fails: {error}")
            content = {} if error is not None else json.loads(answer["body"])
            on_answer(min(status, 500), content.get("error", content))

        self._api[function].start(event, answered)

    def _has_been_calm(self) -> bool:
        """Say whether all faults ended long before any call that is heard of now was made."""
        return self.calm_since_s is not None and self.schedule.now_s > self.calm_since_s + 60.0

    def watch_until(self, until_s: float) -> None:
        """Let watch_gateways run by its schedule; runs that would find nothing are left out."""
        is_ticking = self.watches_until_s > self.schedule.now_s
        self.watches_until_s = max(until_s, self.watches_until_s)
        if not is_ticking:
            self._tick()

    def _tick(self) -> None:
        if self.schedule.now_s >= self.watches_until_s:
            return
        now = self.schedule.now().isoformat(timespec="seconds")
        if any(due < now for due in self.cases.due.values()):
            self.watch()
        self.schedule.at(WATCH_EVERY_S, self._tick)

    def watch(self) -> None:
        """Run watch_gateways once, as its schedule does."""
        self.watcher.start({}, lambda answer, error: None)

    def calm_down(self) -> None:
        """End all faults."""
        self.schedule.weather = CALM._replace(is_hot=self.schedule.weather.is_hot)
        self.schedule.forced = {}
        self.calm_since_s = self.schedule.now_s if self.calm_since_s is None else self.calm_since_s

    def redrive(self) -> None:
        """End all faults, and bring back what died under them."""
        self.calm_down()
        for queue in self.queues:
            queue.redrive()
