"""The fake Klarna: one account behind one door, pure, deterministic, without a network."""

import random
import threading
from collections.abc import Callable, Mapping
from typing import Any

from infra.fake_gateways.kit.answers import Answer, Body
from infra.fake_gateways.kit.faults import IN_THE_MODEL, Fault, Faults, Kind
from infra.fake_gateways.kit.idempotency import Keyed, Memory
from infra.fake_gateways.klarna.account import DAY_S, Account, Notice, Switches
from infra.fake_gateways.klarna.errors import Refusal, broken
from infra.fake_gateways.klarna.routes import executed
from infra.fake_gateways.klarna.scenario import Scenario

Fields = Mapping[str, Any]


class FakeKlarna(Keyed, Scenario):
    """Klarna as one merchant meets it: `request` is its API, all else happens outside of it.

    The same clock, source of randomness and requests give the same answers and notices, to the
    byte. Nothing happens by itself: whoever owns the clock calls `run_due`.
    """

    KEY = "klarna-idempotency-key"

    def __init__(
        self,
        now: Callable[[], float],
        source: random.Random,
        switches: Switches | None = None,
        on_notice: Callable[[Notice], object] | None = None,
    ) -> None:
        """Open an account; `on_notice` gets each notice once, as it happens."""
        super().__init__(Account(now, source, switches or Switches()))
        self.memory = Memory(now, DAY_S)
        self.faults = Faults()
        self.lock = threading.RLock()  # for callers on many threads
        if on_notice:
            self.account.on_notice = on_notice

    @property
    def switches(self) -> Switches:
        """How the account is set up."""
        return self.account.switches

    def request(
        self, method: str, path: str, params: Fields | None = None, headers: Fields | None = None
    ) -> Answer:
        """Answer one request; `words` is its query or its JSON body, already parsed."""
        sent_headers = {name.lower(): str(value) for name, value in (headers or {}).items()}
        key = sent_headers.get(self.KEY) if method in ("POST", "PATCH") else None
        try:
            fault = self._admitted(method, path, sent_headers)
            if key is None:
                return self._executed(method, path, dict(params or {}), fault)
            if self.memory.is_in_use(key):
                return self.conflict(sent_headers)
            before = self.memory.recall(key)
            if before:  # only the key counts, whatever is sent with it
                return before.answer
            return self._remembered(key, method, path, dict(params or {}), fault)
        except Refusal as refusal:
            return refusal.answer()

    def _remembered(
        self, key: str, method: str, path: str, params: Body, fault: Fault | None
    ) -> Answer:
        after = fault if fault and fault.kind is Kind.ERROR_AFTER else None
        answer = self._executed(method, path, params, None if after else fault)
        self.memory.remember(key, None, answer)
        if after:
            raise broken(500)
        return answer

    def _admitted(self, method: str, path: str, headers: Mapping[str, str]) -> Fault | None:
        """Let a request in, or refuse it before anything of it is looked at."""
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme != "Basic" or not given:
            raise Refusal("UNAUTHORIZED", "Unauthorized", 401)
        fault = self.faults.take(IN_THE_MODEL, method, path)
        if fault and fault.kind is Kind.RATE_LIMITED:
            raise broken(429)
        if fault and fault.kind is Kind.UNAVAILABLE:
            raise broken(503)
        return fault

    def _executed(self, method: str, path: str, params: Body, fault: Fault | None) -> Answer:
        if fault and fault.kind is Kind.ERROR_BEFORE:
            raise broken(500)
        try:
            answer = executed(self.account, method, path, params)
        except (KeyError, TypeError, AttributeError) as error:
            raise Refusal("BAD_REQUEST", f"Malformed: {error}", 400) from error
        if fault and fault.kind is Kind.ERROR_AFTER:
            raise broken(500)
        return answer

    def conflict(self, headers: Fields) -> Answer:
        """Answer the second of two requests with one key."""
        return Refusal("CONFLICT", "The request conflicts with another one.", 409).answer()
