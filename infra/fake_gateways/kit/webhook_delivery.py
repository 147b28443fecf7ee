"""Brings webhooks to their endpoints: signed at each try, late, twice, out of order, again.

What a webhook says doesn't matter here; it knows how to sign itself.
"""

import heapq
import itertools
import random
import threading
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from infra.fake_gateways.kit.answers import Body

Headers = dict[str, str]
_LOG_MAX = 10_000


@dataclass
class Habits:
    """How webhooks travel, until somebody changes it."""

    duplicates: float = 0.0  # how likely a webhook comes twice
    delay_min_s: float = 0.0
    delay_max_s: float = 0.0
    again_max_s: float = 1.0  # how late a duplicate comes
    retry_s: float = 1.0  # after the first refusal; doubled each time
    retry_max_s: float = 3600.0
    tries_max: int = 16
    timeout_s: float = 20.0

    def delays(self, source: random.Random) -> list[float]:
        """Return when a webhook sets out, and when its duplicate does."""
        delays = [source.uniform(self.delay_min_s, self.delay_max_s)]
        if source.random() < self.duplicates:
            delays.append(delays[0] + source.uniform(0.0, self.again_max_s))
        return delays

    def retry_after_s(self, tries: int) -> float:
        """Return how long to wait after so many tries."""
        return float(min(self.retry_max_s, self.retry_s * 2 ** (tries - 1)))


@dataclass(frozen=True)
class Webhook:
    """One event for one endpoint: exact bytes, signed anew at every try."""

    name: str
    url: str
    body: bytes
    sign: Callable[[float], Headers]
    arrived: Callable[[], object]


class WebhookDelivery:
    """A thread that knows what is due, and a few that travel."""

    def __init__(self, source: random.Random, habits: Habits | None = None) -> None:
        """Stand ready; nothing travels before `start`."""
        self.habits = habits or Habits()
        self.log: deque[Body] = deque(maxlen=_LOG_MAX)
        self._source = source
        self._due: list[tuple[float, int, Webhook, int]] = []
        self._held: list[Webhook] | None = None
        self._travelling = 0
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._is_open = True
        self._travellers = ThreadPoolExecutor(4, "webhook")

    def start(self) -> None:
        """Let webhooks travel."""
        threading.Thread(target=self._watch, name="delivery", daemon=True).start()

    def stop(self) -> None:
        """Let nothing set out any more."""
        with self._changed:
            self._is_open = False
            self._changed.notify_all()
        self._travellers.shutdown(wait=False, cancel_futures=True)

    def send(self, webhook: Webhook) -> None:
        """Take a webhook; it sets out at once unless the habits or a hold say otherwise."""
        with self._changed:
            if self._held is not None:
                self._held.append(webhook)
                return
            for delay_s in self.habits.delays(self._source):
                self._plan(webhook, delay_s, 1)

    def hold(self) -> None:
        """Keep what comes until it is released."""
        with self._changed:
            self._held = self._held or []

    def release(self, order: str = "given") -> int:
        """Send what was kept, one after the other: as given, reversed or shuffled."""
        with self._changed:
            webhooks, self._held = self._held or [], None
            if order == "reversed":
                webhooks.reverse()
            elif order == "shuffled":
                self._source.shuffle(webhooks)
            for number, webhook in enumerate(webhooks):
                self._plan(webhook, number * 0.05, 1)
        return len(webhooks)

    def state(self) -> Body:
        """Report what travels, and what became of each try."""
        with self._changed:
            waiting = len(self._due) + self._travelling
            return {"waiting": waiting, "held": len(self._held or []), "log": list(self.log)}

    def _plan(self, webhook: Webhook, delay_s: float, tries: int) -> None:
        due = time.monotonic() + delay_s
        heapq.heappush(self._due, (due, next(self._numbers), webhook, tries))
        self._changed.notify_all()

    def _watch(self) -> None:
        with self._changed:
            while self._is_open:
                wait_s = self._due[0][0] - time.monotonic() if self._due else None
                if wait_s is None or wait_s > 0:
                    self._changed.wait(wait_s)
                    continue
                _, _, webhook, tries = heapq.heappop(self._due)
                self._travelling += 1
                self._travellers.submit(self._bring, webhook, tries)

    def _bring(self, webhook: Webhook, tries: int) -> None:
        status = _posted(webhook, self.habits.timeout_s)
        if 200 <= status < 300:
            webhook.arrived()
        with self._changed:
            self._travelling -= 1
            self.log.append({"name": webhook.name, "url": webhook.url, "status": status} | _at())
            if not 200 <= status < 300 and tries < self.habits.tries_max and self._is_open:
                self._plan(webhook, self.habits.retry_after_s(tries), tries + 1)


def _at() -> Body:
    return {"at_s": round(time.time(), 3)}


def _posted(webhook: Webhook, timeout_s: float) -> int:
    """Post a webhook and return the status; zero where nobody answered."""
    headers = {"Content-Type": "application/json; charset=utf-8", **webhook.sign(time.time())}
    request = urllib.request.Request(webhook.url, webhook.body, headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=timeout_s) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except (OSError, ValueError):
        return 0
