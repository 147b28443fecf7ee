"""Receivers of webhooks: up, down for minutes or a day, slow, throttling, broken after the fact."""

import base64
import hashlib
import hmac
from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from tests.simulation.engine.schedule import Schedule

DAY_S = 86_400.0


class Heard(NamedTuple):
    """What a receiver answers."""

    status: int
    headers: Mapping[str, str] = {}


class Receiver:
    """One endpoint, which keeps the bodies that it took under each id."""

    def __init__(self, schedule: Schedule, url: str, secret: bytes) -> None:
        source = schedule.source
        self.url, self._secret = url, secret
        self.taken: dict[str, list[bytes]] = defaultdict(list)
        self.is_gone = False
        self._schedule = schedule
        begins_s = source.uniform(0.0, 120.0)
        lasts_s = source.choice((0.0, 0.0, 0.0, 300.0, 3_600.0, DAY_S))
        self._down = (begins_s, begins_s + lasts_s)
        self._throttles = source.choice((0.0, 0.0, 0.2))
        self._fails_after = source.choice((0.0, 0.0, 0.2))

    def post(self, headers: Mapping[str, str], body: bytes) -> Heard:
        """Take a webhook, or not."""
        schedule, source = self._schedule, self._schedule.source
        if self._down[0] <= schedule.now_s < self._down[1]:
            schedule.seen["a receiver was down"] += 1
            long = self._down[1] - self._down[0] >= DAY_S
            schedule.seen["a receiver was down for a day"] += long
            return Heard(503 if source.random() < 0.5 else 500)
        if source.random() < self._throttles:
            schedule.seen["a receiver throttled"] += 1
            return Heard(429, {"retry-after": str(source.randint(1, 600))})
        if not self._is_signed(headers, body):
            schedule.findings.append(f"{self.url} can't verify {headers.get('webhook-id')}")
        self.taken[headers["webhook-id"]].append(body)
        if source.random() < self._fails_after:
            schedule.seen["a receiver took a webhook and failed"] += 1
            return Heard(500)
        return Heard(204)

    def _is_signed(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Verify as Standard Webhooks says, by the standard library alone."""
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        proof = base64.b64encode(hmac.new(self._secret, signed, hashlib.sha256).digest()).decode()
        is_recent = abs(self._schedule.now().timestamp() - int(headers["webhook-timestamp"])) < 300
        return is_recent and f"v1,{proof}" in headers["webhook-signature"].split(" ")
