"""The fake PayPal: one account behind one door, pure, without a network."""

import json
import random
import threading
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, urlsplit

from infra.fake_gateways.kit.answers import Answer, Body
from infra.fake_gateways.kit.faults import IN_THE_MODEL, Fault, Faults, Kind
from infra.fake_gateways.kit.forms import fields_of, text_fields
from infra.fake_gateways.kit.idempotency import Keyed, Memory
from infra.fake_gateways.paypal.account import Account, Switches
from infra.fake_gateways.paypal.errors import Refusal, malformed
from infra.fake_gateways.paypal.routes import ROUTES, Route, minimal, route_of
from infra.fake_gateways.paypal.scenario import Scenario
from infra.fake_gateways.paypal.signing import Signer, signer
from infra.fake_gateways.paypal.tokens import PATH, Tokens

Headers = Mapping[str, str]
_CASES = {Kind.RATE_LIMITED: 429, Kind.UNAVAILABLE: 503, Kind.ERROR_BEFORE: 500}


class FakePayPal(Keyed, Scenario):
    """PayPal as one merchant meets it: `request` is the API, all else happens outside of it.

    The same clock, source of randomness and requests give the same answers and events. Nothing
    happens by itself: whoever owns the clock calls `run_due`.
    """

    KEY = "paypal-request-id"

    def __init__(
        self,
        now: Callable[[], float],
        source: random.Random,
        switches: Switches | None = None,
        on_event: Callable[[Body], object] | None = None,
    ) -> None:
        """Open an account; `on_event` gets each event once, as it happens."""
        super().__init__(Account(now, source, switches))
        self.faults = Faults()
        self.tokens = Tokens(now, random.Random(source.getrandbits(64)))
        self.lock = threading.RLock()  # for callers on many threads
        self._memories = {
            route.remembered_s: Memory(now, route.remembered_s)
            for route in ROUTES
            if route.remembered_s
        }
        self.memory = next(iter(self._memories.values()))  # knows which ids are in use
        if on_event:
            self.account.on_event = on_event

    def request(
        self,
        method: str,
        path: str,
        query: str = "",
        headers: Headers | None = None,
        body: bytes = b"",
    ) -> Answer:
        """Answer one request of the API."""
        sent_headers = {name.lower(): value for name, value in (headers or {}).items()}
        if (method, path) == ("POST", PATH):
            return self.tokens.give(sent_headers, body, self.switches.token_lifetime_s)
        if path == urlsplit(self.signer.url).path:  # certificates are for everybody
            return Answer(200, {}, text=self.signer.pem)
        try:
            fault = self._admitted(method, path, sent_headers)
            form = fields_of(sent_headers.get("content-type", ""), body)
            params = text_fields(form) if form else {}
            if not form:
                params = _parsed(body) if method == "POST" else dict(parse_qsl(query))
            return self._once(method, path, params, sent_headers, fault)
        except Refusal as refusal:
            return refusal.answer(f"{self.account.source.getrandbits(52):013x}")

    def conflict(self, headers: Headers) -> Answer:
        """Answer the second of two requests with one id."""
        return Refusal(409, "PREVIOUS_REQUEST_IN_PROGRESS").answer("0")

    @property
    def signer(self) -> Signer:
        """Who signs this account's webhooks."""
        return signer(self.switches.livemode)

    def _admitted(self, method: str, path: str, headers: Headers) -> Fault | None:
        """Let a request in, or refuse it before anything of it is looked at."""
        self.tokens.check(headers)
        fault = self.faults.take(IN_THE_MODEL, method, path)
        if fault and fault.kind in _CASES:
            raise Refusal(_CASES[fault.kind])
        return fault

    def _once(
        self, method: str, path: str, params: Body, headers: Headers, fault: Fault | None
    ) -> Answer:
        """Execute a request, or repeat what was answered to the first with its id."""
        route, object_id = route_of(method, path)
        key, memory = headers.get(self.KEY), self._memories.get(route.remembered_s)
        known = memory.recall(f"{path} {key}") if memory and key else None
        answer = known.answer if known else self._executed(route, object_id, params, headers)
        if memory and key and not known:
            memory.remember(f"{path} {key}", None, answer)
        if fault and fault.kind is Kind.ERROR_AFTER:
            raise Refusal(500)
        return answer

    def _executed(self, route: Route, object_id: str, params: Body, headers: Headers) -> Answer:
        body = route.act(self.account, object_id, params)
        returns_all = headers.get("prefer", "") == "return=representation"
        if route.remembered_s and not returns_all:
            body = minimal(body)
        return Answer(route.status, self.account.hosted(body))


def _parsed(body: bytes) -> Body:
    try:
        parsed = json.loads(body or b"{}")
    except ValueError as error:
        raise malformed("MALFORMED_REQUEST_JSON", "/") from error
    if not isinstance(parsed, dict):
        raise malformed("MALFORMED_REQUEST_JSON", "/")
    return parsed
