"""Facts on the bus, and all who are told of them: staff by mail, receivers of webhooks, a CRM.

The real handlers run between the bus and the outside: `send_message`, `send_webhook`,
`sync_partner`, `receive_mail_event`, and each minute `resume_deliveries`.
"""

import json
from collections import Counter
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

from kassa.audit.trail import Actor
from kassa.core.errors import PartnerSilent, PartnerUnreachable
from kassa.deliveries import keys
from kassa.deliveries.delivery import Status
from kassa.deliveries.store import Deliveries
from kassa.messages.settings.message_settings import MessageSettingsDraft
from kassa.messages.settings.save_settings import save_settings
from kassa.partners.addresses import Target as Address
from kassa.partners.safe_http import SafeAnswer, SafeRequest
from kassa.partners.webhooks.endpoints.endpoint import Endpoint
from kassa.partners.webhooks.endpoints.store import Endpoints
from kassa.partners.webhooks.secret_store import signing_keys
from kassa.platform import table
from tests.simulation.aws.bucket import Bucket, Secrets
from tests.simulation.aws.bus import Bus, Rule
from tests.simulation.aws.lambda_runtime import Function
from tests.simulation.aws.queues import Queue, Queues
from tests.simulation.deliveries.crm import Crm
from tests.simulation.deliveries.mailer import Mailer
from tests.simulation.deliveries.receiver import Receiver
from tests.simulation.dynamodb.items import PAYMENTS_TABLE
from tests.simulation.dynamodb.store import Store
from tests.simulation.engine.faults import CALM, Fault, drawn_weather
from tests.simulation.engine.schedule import EPOCH, Schedule
from tests.support import facts

TABLE, MINUTE_S = "payments", 60.0
STAFF = ("ops@shop.example", "risk@shop.example")
BY = Actor(person_id="person_0123456789ab")
OUTSIDE = (  # what can happen to a request to a stranger
    *(Fault.CRASH_BEFORE, Fault.REQUEST_LOST, Fault.RESPONSE_LOST),
    *(Fault.LANDS_LATE, Fault.CRASH_AFTER),
)
_QUEUES = {  # with the timeout of who takes from each
    "messages": ("send_message", 60.0),
    "webhooks": ("send_webhook", 60.0),
    "partners": ("sync_partner", 120.0),
    "mail_events": ("receive_mail_event", 60.0),
}
ENVIRONMENT = {
    **{"TABLE_NAME": TABLE, "BUCKET_NAME": "bucket", "STACK_NAME": "kassa", "BUS_NAME": "kassa"},
    **{f"{name.upper()}_QUEUE_URL": name for name in _QUEUES},
    "SECRETS_PREFIX": "kassa",
}


class DeliveriesWorld:
    """Everything of one seed."""

    def __init__(self, seed: int) -> None:
        self.schedule = Schedule(seed, CALM)
        source = self.schedule.source
        self.schedule.weather = drawn_weather(source)
        self.store = Store({TABLE: PAYMENTS_TABLE}, lambda: self.schedule.now_s)
        self.queues = {name: self._queue(name, *of) for name, of in _QUEUES.items()}
        wants = {"messages": frozenset({"DisputeOpened"}), "webhooks": frozenset[str]()}
        rules = [Rule(names, self.queues[queue]) for queue, names in wants.items()]
        self.bus = Bus(self.schedule, [*rules, Rule(frozenset(), self.queues["partners"])])
        self.secrets = {"kassa/outgoing-webhooks": "m" * 64, **Crm.secrets()}
        self.mailer = Mailer(self.schedule, self._report, self._may_leave)
        self.crm = Crm(self.schedule)
        self.receivers: dict[str, Receiver] = {}
        self.facts: list[Any] = []
        self.redriven: Counter[str] = Counter()
        self._resume = Function("resume_deliveries", self.schedule, 60.0)
        self._is_stormy = True

    def _queue(self, name: str, function: str, timeout_s: float) -> Queue:
        queue = Queue(name, self.schedule, Function(function, self.schedule, timeout_s), 5)
        queue.batch_max = self.schedule.source.choice((1, 10))
        return queue

    def services(self) -> dict[str, Any]:
        """Return what stands behind each client."""
        return {
            "dynamodb": self.store,
            "sqs": Queues(self.queues),
            "events": self.bus,
            "s3": Bucket(),
            "secretsmanager": Secrets(self.secrets),
            "sesv2": self.mailer,
        }

    def begin(self) -> None:
        """Enter who is told of what, then let facts become true within a minute or two."""
        source = self.schedule.source
        sender = {"address": "shop@shop.example", "name": "Shop"}
        draft = {"sender": sender, "staff": {"dispute_opened": STAFF}}
        save_settings(MessageSettingsDraft.model_validate(draft), "main", BY, lambda: 20.0)
        for number in range(source.randint(1, 2)):
            self._enter_endpoint(number)
        self.crm.connect(BY)
        for number in range(source.randint(1, 5)):
            self._pay(f"pi_{number}")
        self.schedule.at(MINUTE_S, self._tick)

    def _enter_endpoint(self, number: int) -> None:
        endpoint = Endpoint(
            endpoint_id=f"we_{number:012x}",
            url=f"https://receiver-{number}.example/hooks",
            events=self.schedule.source.choice((("*",), ("Payment*", "Dispute*"))),
            owner_id="person_0123456789ab",
            created_at=EPOCH - timedelta(days=1),
        )
        Endpoints("main").add(endpoint, BY)
        ((_, key),) = signing_keys(endpoint, endpoint.signs_by(EPOCH))
        self.receivers[endpoint.endpoint_id] = Receiver(self.schedule, endpoint.url, key)

    def _pay(self, payment: str) -> None:
        """Let a payment be captured, refunded in steps, and often be disputed."""
        source, at = self.schedule.source, self.schedule.now()
        made = [facts.captured(payment, at, (90_00, "EUR"))]
        for number in range(2, source.randint(2, 5)):
            named = {"object_id": f"re_{payment}_{number}", "version": number}
            made.append(facts.fact("RefundSucceeded", payment, at, (10_00, "EUR"), **named))
        if source.random() < 0.7:
            named = {"object_id": f"dp_{payment}", "version": len(made) + 1}
            made.append(facts.fact("DisputeOpened", payment, at, (90_00, "EUR"), **named))
        for fact in made:
            self.facts.append(fact)
            for _ in range(1 + (source.random() < 0.3)):  # what isn't sure is published again
                self.schedule.at(source.uniform(0.0, 90.0), partial(self._publish, fact))

    def _publish(self, fact: Any) -> None:
        entry = {"Source": "kassa", "DetailType": fact.data.fact}
        detail = fact.model_dump_json(exclude_none=True)
        self.bus.put_events(Entries=[entry | {"Detail": detail}])

    def _tick(self) -> None:
        """Run resume_deliveries each minute while something is due, by whatever fate it meets."""
        if self._is_anything_due() or self._is_stormy:
            self._resume.start({}, lambda answer, error: None)
            waits = self._waiting_s()
            self.schedule.at(max(MINUTE_S, min(waits, 3_600.0)), self._tick)

    def _waiting_s(self) -> float:
        """Return how long nothing is due, so that days of waiting take few steps."""
        keys = sorted(item["GSI2SK"]["S"].partition("#")[0] for item in self._due_items())
        if not keys or self._is_stormy:
            return MINUTE_S
        at = keys[0].replace("+00:00", "")
        return (datetime.fromisoformat(f"{at}+00:00") - self.schedule.now()).total_seconds()

    def _due_items(self) -> list[dict[str, Any]]:
        items = self.store.all_items(TABLE)
        return [one for one in items if one.get("GSI2PK", {}).get("S") == keys.due("main")]

    def _is_anything_due(self) -> bool:
        return bool(self._due_items())

    def _may_leave(self, delivery_id: str) -> bool:
        """Tell whether an attempt is written, as it must be before anything leaves.

        What lands late may find it unknown by then.
        """
        item = self.store.peek(TABLE, keys.delivery("main", delivery_id))
        return bool(item) and item["status"]["S"] in (Status.SENDING, Status.UNKNOWN)

    def _report(self, event: dict[str, Any]) -> None:
        self.queues["mail_events"].send(json.dumps(event))

    def transport(self, address: Address, request: SafeRequest) -> SafeAnswer:
        """Carry a request to a receiver or the CRM, through whatever weather there is."""
        answered = partial(self._answered, request)
        try:
            found: SafeAnswer = self.schedule.call("https.send", answered, OUTSIDE)
        except (ConnectTimeoutError, ClientError) as error:
            raise PartnerUnreachable("nobody took the connection") from error
        except ReadTimeoutError as error:
            raise PartnerSilent("no answer came") from error
        return found

    def _answered(self, request: SafeRequest) -> SafeAnswer:
        for receiver in self.receivers.values():
            if receiver.url == request.url:
                heard = receiver.post(request.headers, request.body or b"")
                return SafeAnswer(heard.status, heard.headers, b"")
        return self.crm.answer(request)

    def visit(self) -> None:
        """Let a person drive some of what failed, or is unknown, once more."""
        count = self.schedule.source.choice((0, 0, 1, 3))
        failed = [
            one
            for one in map(table.plain, self.store.all_items(TABLE))
            if one["SK"] == "DELIVERY" and one["status"] in (Status.FAILED, Status.UNKNOWN)
        ]
        for item in failed[:count]:
            self.redriven[str(item["delivery_id"])] += 1
            self.schedule.seen["a person drove a delivery again"] += 1
            Deliveries("main").redrive(str(item["delivery_id"]), BY)

    def calm_down(self) -> None:
        """End all faults, and bring back what died under them."""
        self.schedule.weather = CALM._replace(is_hot=self.schedule.weather.is_hot)
        self._is_stormy = False
        for queue in self.queues.values():
            queue.redrive()
        self.schedule.at(MINUTE_S, self._tick)
