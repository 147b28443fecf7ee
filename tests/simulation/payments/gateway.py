"""The gateway: the fake Stripe, which alone knows what is true, and the way its events take.

What can happen stands in `gateway_lifecycle.py`, how it is asked in `gateway_client.py`. Here each
event is sent until it hears 2xx, sometimes twice, in any order, a day later again, or never; with
it go what is no event and what somebody else has signed.
"""

import itertools
import json
import random
from collections.abc import Callable

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.stripe.account import Switches
from infra.fake_gateways.stripe.model import FakeStripe
from infra.fake_gateways.stripe.signing import signature
from tests.simulation.engine.faults import READ, WRITE, Fault
from tests.simulation.engine.schedule import EPOCH, Schedule

SECRETS = ["whsec_first", "whsec_second"]
API_VERSIONS = {"2018": "2018-11-08", "2020": "2020-08-27", "2025": "2025-03-31.basil"}
POSSIBLE = {  # what can happen to a call of a gateway
    "get": READ,
    "post": (*WRITE, Fault.ERROR_BEFORE, Fault.ERROR_AFTER, Fault.SLOW),
}
PAGE = 5  # so that even a short list has several pages
_MONEY = ("charge", "refund", "dispute", "payout")
_REPAIRABLE = {
    "payment_intent.succeeded",
    "charge.succeeded",
    "charge.captured",
    "charge.refunded",
    "charge.refund.updated",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
}
_UNRECEIVED = ("customer.", "payment_method.")  # what our endpoint has not asked to be told
_LARGE_RATE, _LARGE_BYTES = 0.005, 40_000  # a body that no message can carry
POISON = "poison-"  # how the id of what is no event begins
FORGED = "forged-"  # how the id of what somebody else signed begins
_AGAIN_S = (0.0, 3.0, 4_000.0, 90_000.0)  # when a duplicate comes: now, soon, after 1 h, next day

Post = Callable[[Body, str, Callable[[int], None]], None]


class Gateway:
    """A fake and the deliveries of its events."""

    def __init__(self, schedule: Schedule, post: Post, version: str) -> None:
        self.events: list[Body] = []
        self.accepted: set[str] = set()
        self.missed = 0
        self.on_refund: list[Callable[[str], None]] = []  # hear of each refund that is made
        self.begins: str | None = None  # how a refund begins that we ask for; none: drawn
        self._schedule = schedule
        self._post = post
        self._ids = itertools.count(1)
        self.fake = self._opened(version, livemode=True)

    def _opened(self, version: str, livemode: bool) -> FakeStripe:
        switches = Switches(
            api_version=API_VERSIONS[version], livemode=livemode, page_max=PAGE, dispute_fee=1500
        )
        return FakeStripe(
            lambda: EPOCH.timestamp() + self._schedule.now_s,
            random.Random(1),
            self.new_id,
            switches,
            self.send_event,
        )

    def new_id(self, prefix: str) -> str:
        """Return an id that was never used."""
        return f"{prefix}_{next(self._ids)}"

    @property
    def objects(self) -> dict[str, Body]:
        """Return what money there is and how it stands, by id."""
        kinds = self.fake.account.kinds
        return {name: body for kind in _MONEY for name, body in kinds[kind].items()}

    @property
    def movements(self) -> list[Body]:
        """Return every movement of the balance."""
        return list(self.fake.account.kinds["balance_transaction"].values())

    def found(self, object_id: str) -> Body:
        """Return an object as it stands now, in the newest version's shape."""
        return self.fake.account.objects[object_id]

    def send_event(self, event: Body) -> None:
        """Send an event of the fake's, sometimes with more text than fits."""
        body = event["data"]["object"]
        if event["type"] == "refund.created":
            for on_answer in self.on_refund:
                on_answer(body["id"])
        if event["type"].startswith(_UNRECEIVED):
            return
        if event["type"] in _REPAIRABLE and event["livemode"] and self._is_silent():
            return
        weather, source = self._schedule.weather, self._schedule.source
        if source.random() < _LARGE_RATE:
            body["description"] = "long " * _LARGE_BYTES
        self.events.append(event)
        self.send(event, 0, source.uniform(0.0, weather.delay_max_s))
        if source.random() < weather.duplicate:
            self._schedule.seen["a webhook was sent twice"] += 1
            self.send(event, 0, source.choice(_AGAIN_S))

    def _is_silent(self) -> bool:
        """Keep an event to itself, now and then; the balance still moves."""
        silent = self._schedule.weather.silent
        if not silent or self._schedule.source.random() >= silent:
            return False
        self.missed += 1
        self._schedule.seen["an event was never sent"] += 1
        return True

    def send(self, event: Body, attempt: int, delay_s: float) -> None:
        """Send an event's webhook after a while, and again until it is answered with 2xx."""
        forged = event["id"].startswith(FORGED)
        text = json.dumps(event, separators=(",", ":"))

        def on_answer(status: int) -> None:
            if forged:
                self._see_forged(event["id"], status)
            elif 200 <= status < 300:
                self.accepted.add(event["id"])
            elif status in (400, 404, 413):
                self._schedule.findings.append(f"{event['id']} was refused with {status}")
            else:
                self._schedule.seen["a webhook was refused and sent again"] += 1
                self.send(event, attempt + 1, min(3600.0, 5.0 * 3**attempt))

        def sent() -> None:
            secrets = [FORGED] if forged else SECRETS
            proof = signature(text.encode(), secrets, self.fake.account.now_s())
            self._post({"body": text, "signature": proof}, event["id"], on_answer)

        self._schedule.at(delay_s, sent)

    def _see_forged(self, event_id: str, status: int) -> None:
        if status == 400:
            self._schedule.seen["a forged webhook was refused"] += 1
        elif status < 500:
            self._schedule.findings.append(f"forged {event_id} was answered with {status}")

    def send_oddities(self) -> None:
        """Tell what we don't act on, the other mode's, what is no event, and what is forged."""
        self.fake.account.emit("account.updated", {"id": self.new_id("acct"), "object": "account"})
        self.fake.pay_out_connected(self.new_id("acct"), 8_000)
        other = self._opened("2025", livemode=False)
        form = {"amount": 700, "currency": "eur", "confirm": "true"}
        key = {"Authorization": "Bearer sk_simulated"}
        paid = form | {"payment_method": "pm_card_visa"}
        other.request("POST", "/v1/payment_intents", paid, key)
        self.send({"id": f"{POISON}{self.new_id('evt')}", "object": "event"}, 0, 0.0)
        self.send({"id": f"{FORGED}{self.new_id('evt')}", "object": "event"}, 0, 0.0)
