"""Sends a gateway's events from a thread of its own, whatever goes on at the stack meanwhile."""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Lock, Semaphore, Thread

import httpx

from infra.drills.upgrade.traffic import Lifecycles, Message, Phase
from infra.fake_gateways.stripe.signing import HEADER, signature
from infra.local.place import STRIPE as GATEWAY
from infra.stack import Stack

PACE_S = 0.4
SENDERS = 3
ATTEMPTS = 40  # a gateway comes again for days; here it comes again soon
AGAIN_S = 1.0
TIMEOUT_S = 60.0
UNANSWERED = 0


@dataclass(frozen=True)
class Sent:
    """A message that was sent, and every answer until one was final; 0 is none at all."""

    message: Message
    phase: Phase
    answers: tuple[int, ...]

    @property
    def is_accepted(self) -> bool:
        """Tell whether Kassa accepted it."""
        return bool(self.answers) and 200 <= self.answers[-1] < 300


class Sender:
    """Posts what the lifecycles draw, at a steady pace; a phase is changed while it goes on."""

    def __init__(self, stack: Stack, lifecycles: Lifecycles) -> None:
        self._url, self._secret = stack.webhooks[GATEWAY], stack.secrets[GATEWAY]
        self._lifecycles = lifecycles
        self._phase = Phase.BEFORE
        self._stopped = Event()
        self._given_up = Event()
        self._free = Semaphore(SENDERS)
        self._lock = Lock()
        self._sent: list[Sent] = []
        self._client = httpx.Client(timeout=TIMEOUT_S)

    @property
    def sent(self) -> list[Sent]:
        """Return what was sent and answered so far."""
        with self._lock:
            return list(self._sent)

    def enter(self, phase: Phase) -> None:
        """Count what is drawn from now on to a phase."""
        self._phase = phase

    def accepted(self, phase: Phase) -> set[str]:
        """Return the events that were sent in a phase and accepted."""
        return {one.message.event_id for one in self.sent if one.phase is phase and one.is_accepted}

    @contextmanager
    def running(self) -> Iterator[None]:
        """Send until the block ends, then wait for the last answers."""
        sending: list[Future[None]] = []
        with ThreadPoolExecutor(SENDERS) as pool:
            thread = Thread(target=self._run, args=[pool, sending], daemon=True)
            thread.start()
            try:
                yield
            except BaseException:
                self._given_up.set()
                raise
            finally:
                self._stopped.set()
                thread.join()
        for one in sending:
            one.result()

    def _run(self, pool: ThreadPoolExecutor, sending: list[Future[None]]) -> None:
        while not self._stopped.wait(PACE_S):
            self._free.acquire()
            phase = self._phase
            sending.append(pool.submit(self._send, next(self._lifecycles.messages(phase)), phase))

    def _send(self, message: Message, phase: Phase) -> None:
        answers: list[int] = []
        try:
            while len(answers) < ATTEMPTS and not self._given_up.is_set():
                answers.append(self._post(message.body))
                if 200 <= answers[-1] < 300:
                    break
                time.sleep(AGAIN_S)
        finally:
            self._free.release()
        with self._lock:
            self._sent.append(Sent(message, phase, tuple(answers)))

    def _post(self, body: bytes) -> int:
        proof = signature(body, [self._secret], int(time.time()))
        headers = {HEADER: proof, "content-type": "application/json"}
        try:
            return self._client.post(self._url, content=body, headers=headers).status_code
        except httpx.HTTPError:
            return UNANSWERED
