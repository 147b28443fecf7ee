"""The fake Adyen: one merchant account behind one door, pure and deterministic."""

import json
import random
import threading
from collections.abc import Callable, Mapping
from typing import Any

from infra.fake_gateways.adyen import settlement
from infra.fake_gateways.adyen.account import DAY_S, Account, Switches
from infra.fake_gateways.adyen.errors import (
    Refusal,
    broken,
    forbidden,
    in_progress,
    not_found,
    rate_limited,
    unauthorized,
)
from infra.fake_gateways.adyen.routes import DISPUTES, SERVICE, route_of
from infra.fake_gateways.adyen.scenario import Scenario
from infra.fake_gateways.kit.answers import Answer, Body
from infra.fake_gateways.kit.faults import IN_THE_MODEL, Fault, Faults, Kind
from infra.fake_gateways.kit.idempotency import Keyed, Memory

KEY_MAX = 64
REPORTS = "/reports/download/MerchantAccount/"
Headers = Mapping[str, str]


class FakeAdyen(Keyed, Scenario):
    """Adyen as one merchant meets it: `request` is the API and the reports, all else is outside.

    The same clock, source of randomness and requests give the same answers and webhooks. Nothing
    happens by itself: whoever owns the clock calls `run_due`.
    """

    def __init__(
        self,
        now: Callable[[], float],
        source: random.Random,
        switches: Switches | None = None,
    ) -> None:
        """Open an account; what it sends is taken with `take_notifications`."""
        super().__init__(Account(now, source, switches))
        self.memory = Memory(now, 7 * DAY_S)
        self.faults = Faults()
        self.lock = threading.RLock()  # for callers on many threads

    def request(self, method: str, path: str, body: bytes, headers: Headers) -> Answer:
        """Answer one request."""
        sent_headers = {name.lower(): value for name, value in headers.items()}
        try:
            fault = self._admitted(method, path, sent_headers)
            if path.startswith(REPORTS):
                return self._report(path)
            if fault and fault.kind is Kind.ERROR_BEFORE:
                raise broken()
            answer = self._once(method, path, body, sent_headers.get(self.KEY))
            if fault and fault.kind is Kind.ERROR_AFTER:
                raise broken()
            return answer
        except Refusal as refusal:
            return refusal.answer(self.account.new_reference())

    def conflict(self, headers: Headers) -> Answer:
        """Answer the second of two requests with one key."""
        return in_progress().answer("")

    def _admitted(self, method: str, path: str, headers: Headers) -> Fault | None:
        if path.startswith(REPORTS) and headers.get("authorization", "").startswith("Basic "):
            return None  # a report user's name and password
        key, known = headers.get("x-api-key", ""), self.switches.api_key
        if not key or (known and key != known):
            raise unauthorized()
        fault = self.faults.take(IN_THE_MODEL, method, path)
        if fault and fault.kind is Kind.RATE_LIMITED:
            raise rate_limited()
        if fault and fault.kind is Kind.UNAVAILABLE:
            raise broken(503)
        return fault

    def _once(self, method: str, path: str, body: bytes, key: str | None) -> Answer:
        """Execute a request, or repeat what was answered to the first with its key.

        What another body under the same key would do isn't documented; it is refused here.
        """
        if method != "POST" or not key:
            return self._executed(method, path, body)
        if len(key) > KEY_MAX:
            raise Refusal(422, "702", f"Idempotency-Key has more than {KEY_MAX} characters")
        before = self.memory.recall(key)
        if before and before.fingerprint != (path, body):
            raise in_progress()
        if before:
            return before.answer
        answer = self._executed(method, path, body)  # an error is not remembered
        self.memory.remember(key, (path, body), answer)
        return answer

    def _executed(self, method: str, path: str, body: bytes) -> Answer:
        if path.startswith(DISPUTES):
            return self._disputed(path.removeprefix(DISPUTES), _parsed(body))
        act, object_id = route_of(method, path)
        params = _parsed(body) if method != "GET" else {}
        if method == "POST" and params.get("merchantAccount") != self.switches.shop:
            raise forbidden()
        status, answered = act(self.account, object_id, params)
        return Answer(status, answered)

    def _disputed(self, name: str, params: Body) -> Answer:
        """Answer the Disputes API, which says no within an answer that is 200."""
        if name not in SERVICE:
            raise not_found()
        if params.get("merchantAccountCode") != self.switches.shop:
            raise forbidden()
        return Answer(200, SERVICE[name](self.account, params))

    def _report(self, path: str) -> Answer:
        shop, _, name = path.removeprefix(REPORTS).partition("/")
        text = settlement.report(self.account, name) if shop == self.switches.shop else None
        if text is None:
            return Answer(404, {}, text="Not found")
        return Answer(200, {}, {"Content-Type": "text/csv"}, text=text)


def _parsed(body: bytes) -> Body:
    try:
        parsed: Any = json.loads(body)
    except ValueError as error:
        raise Refusal(400, "000", "Unable to parse message") from error
    if not isinstance(parsed, dict):
        raise Refusal(400, "702", "Structure is invalid")
    return parsed
