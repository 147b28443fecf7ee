"""A world: real handlers, wired to models of everything around them as template.yaml wires them."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.simulation.blobs import Bucket, Secrets
from tests.simulation.bus import Bus, Rule
from tests.simulation.faults import CALM, Weather
from tests.simulation.functions import Function, exists
from tests.simulation.gateway import SECRETS
from tests.simulation.gateway_life import LivingGateway
from tests.simulation.items import PAYMENTS_TABLE
from tests.simulation.queues import Queue, Queues
from tests.simulation.schedule import Schedule
from tests.simulation.store import Store
from tests.simulation.stripe_events import Body

TABLE = "payments"
ENVIRONMENT = {
    "TABLE_NAME": TABLE,
    "EVENTS_QUEUE_URL": "events",
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


class World:
    """Everything of one seed."""

    def __init__(self, seed: int, weather: Weather, version: str) -> None:
        self.schedule = Schedule(seed, weather)
        self.store = Store({TABLE: PAYMENTS_TABLE}, lambda: self.schedule.now_s, self._index_lag_s)
        self.bucket = Bucket()
        self.metrics: Counter[str] = Counter()
        self._intake = Function("receive_webhook", self.schedule, 20.0)
        self.watcher = Function("watch_gateways", self.schedule, 300.0)
        self.events = self._queue("events", "book_event", 30.0, receives_max=10)
        self.invoices = self._queue("invoices", "generate_invoice", 60.0, receives_max=5)
        self.facts = self._queue("facts", "archive_facts", 60.0, receives_max=5)
        self.facts.batch_max = 100
        self.queues = [self.events, self.invoices, self.facts]
        rules = [
            Rule(frozenset({"PaymentCaptured"}), self.invoices),
            Rule(frozenset(), self.facts),
        ]
        self.bus = Bus(self.schedule, rules)
        self.gateway = LivingGateway(self.schedule, self._post, version)

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
            "secretsmanager": Secrets(_SECRETS),
        }

    def _post(self, request: Body, name: str, heard: Callable[[int], None]) -> None:
        """Post a webhook to the HTTP API, which hands it to the intake."""
        event = {
            "version": "2.0",
            "routeKey": "POST /webhooks/{gateway}/{account}",
            "rawPath": "/webhooks/stripe/main",
            "pathParameters": {"gateway": "stripe", "account": "main"},
            "headers": {"stripe-signature": request["signature"]},
            "body": request["body"],
            "isBase64Encoded": False,
            "requestContext": {"http": {"method": "POST", "path": "/webhooks/stripe/main"}},
        }

        def answered(answer: Any, error: BaseException | None) -> None:
            heard(500 if error is not None else int(answer["statusCode"]))

        self._intake.start(event, answered)

    def watch(self) -> None:
        """Run watch_gateways once, as its schedule does."""
        self.watcher.start({}, lambda answer, error: None)

    def calm_down(self) -> None:
        """End all faults."""
        self.schedule.weather = CALM._replace(is_hot=self.schedule.weather.is_hot)
        self.schedule.forced = {}
