"""A program that is told of facts: it takes what is signed, once for each id.

It verifies by the code that verifies what gateways send by Standard Webhooks, which shares nothing
with what signs. How it misbehaves is a switch each; slow, down and lost answers are the kit's.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from infra.fake_gateways.kit.answers import Answer
from infra.fake_gateways.kit.faults import IN_THE_MODEL, Faults, Kind
from infra.fake_gateways.kit.request_router import Incoming
from kassa.core.errors import InvalidSignature, SecretsUnavailable
from kassa.gateways.standard.webhook import verify
from kassa.gateways.webhooks.request import WebhookRequest
from kassa.gateways.webhooks.secrets import WebhookEndpoint

ELSEWHERE = "http://169.254.169.254/latest/meta-data/"  # where nobody should ever be led


@dataclass
class Switches:
    """How this receiver is set up."""

    status: int = 200  # of what it takes
    redirects: bool = False
    answer_bytes: int = 0  # of a body that nobody needs


@dataclass
class FakeReceiver:
    """A receiver: `answer` takes one webhook."""

    clock: Callable[[], float]
    secrets: list[str] = field(default_factory=list)
    switches: Switches = field(default_factory=Switches)
    faults: Faults = field(default_factory=Faults)
    taken: dict[str, dict[str, Any]] = field(default_factory=dict)  # by webhook-id
    requests: int = 0
    unverified: int = 0
    differing: int = 0  # ids that came again with other bytes
    _bodies: dict[str, bytes] = field(default_factory=dict)

    def answer(self, incoming: Incoming) -> Answer:
        """Take a webhook, and answer as the switches and faults say."""
        self.requests += 1
        fault = self.faults.take(IN_THE_MODEL, incoming.method, incoming.path)
        if fault and fault.kind is not Kind.ERROR_AFTER:
            return _failed(fault.kind)
        if not self._is_signed(incoming):
            self.unverified += 1
            return Answer(401, {"error": "no signature is by a secret of ours"})
        if self.switches.redirects:
            return Answer(307, {}, {"Location": ELSEWHERE})
        if 200 <= self.switches.status < 300:
            self._take(incoming)
        if fault:
            return Answer(500, {"error": "failed after all was done"})
        return Answer(self.switches.status, {}, text="x" * self.switches.answer_bytes)

    def received(self) -> dict[str, Any]:
        """Return what it was told: how much, and which facts."""
        return {
            "requests": self.requests,
            "unverified": self.unverified,
            "differing": self.differing,
            "facts": [one["data"]["metadata"]["fact_id"] for one in self._facts()],
        }

    def _facts(self) -> list[dict[str, Any]]:
        return [one for one in self.taken.values() if "metadata" in one["data"]]

    def _take(self, incoming: Incoming) -> None:
        message_id = incoming.headers["webhook-id"]
        self.differing += self._bodies.setdefault(message_id, incoming.body) != incoming.body
        self.taken.setdefault(message_id, json.loads(incoming.body))

    def _is_signed(self, incoming: Incoming) -> bool:
        request = WebhookRequest("standard", "main", incoming.headers, incoming.body)
        endpoint = WebhookEndpoint("main", "live", tuple(self.secrets), None)
        try:
            verify(request, endpoint, datetime.fromtimestamp(self.clock(), UTC))
        except (InvalidSignature, SecretsUnavailable):
            return False
        return True


def _failed(kind: Kind) -> Answer:
    """Return what a fault answers where nothing was done."""
    if kind is Kind.RATE_LIMITED:
        return Answer(429, {"error": "too many requests"}, {"Retry-After": "30"})
    if kind is Kind.UNAVAILABLE:
        return Answer(503, {"error": "down"}, {"Retry-After": "60"})
    return Answer(500, {"error": "failed before anything was done"})
