"""The fake Stripe: one account behind one door, pure, deterministic, without a network."""

import random
import threading
from collections.abc import Callable, Mapping
from typing import Any

from infra.fake_gateways.kit.answers import Answer, Body
from infra.fake_gateways.kit.faults import IN_THE_MODEL, Fault, Faults, Kind
from infra.fake_gateways.kit.idempotency import Keyed, Memory
from infra.fake_gateways.stripe.account import DAY_S, Account, Call, Switches
from infra.fake_gateways.stripe.api import errors, parameters
from infra.fake_gateways.stripe.api.rendering import expanded, shown
from infra.fake_gateways.stripe.api.routes import route_of
from infra.fake_gateways.stripe.scenario import Scenario

Form = Mapping[str, Any]
KEY_MAX = 255


class FakeStripe(Keyed, Scenario):
    """Stripe as one merchant meets it: `request` is the API, all else happens outside of it.

    The same clock, source of randomness, ids and requests give the same answers and events, to
    the byte. Nothing happens by itself: whoever owns the clock calls `run_due`.
    """

    def __init__(
        self,
        now: Callable[[], float],
        source: random.Random,
        new_id: Callable[[str], str] | None = None,
        switches: Switches | None = None,
        on_event: Callable[[Body], object] | None = None,
    ) -> None:
        """Open an account; `on_event` gets each event once, as it happens."""
        super().__init__(Account(now, source, new_id, switches))
        self.memory = Memory(now, DAY_S)
        self.faults = Faults()
        self.lock = threading.RLock()  # for callers on many threads
        if on_event:
            self.account.on_event = on_event

    @property
    def switches(self) -> Switches:
        """How the account is set up."""
        return self.account.switches

    def request(
        self, method: str, path: str, form: Form | None = None, headers: Form | None = None
    ) -> Answer:
        """Answer one request of the API; `form` is its query or its body, already parsed."""
        sent_headers = {name.lower(): str(value) for name, value in (headers or {}).items()}
        key = sent_headers.get(self.KEY) if method == "POST" else None
        version = sent_headers.get("stripe-version", self.switches.api_version)
        call = Call(self.account.new_id("req"), version, key)
        answer_headers = {"Request-Id": call.request_id, "Stripe-Version": version}
        if key:
            answer_headers["Idempotency-Key"] = key
        try:
            fault = self._admitted(method, path, sent_headers)
            if key is None:
                return self._executed(call, (method, path, form or {}), answer_headers, fault)
            return self._once(call, (method, path, form or {}), answer_headers, fault)
        except errors.Refusal as refusal:
            return refusal.answer(answer_headers)

    def conflict(self, headers: Mapping[str, str]) -> Answer:
        """Answer the second of two requests with one key."""
        return errors.key_in_use(self.key_of(headers) or "").answer({})

    def _admitted(self, method: str, path: str, headers: dict[str, str]) -> Fault | None:
        """Let a request in, or refuse it before anything of it is looked at."""
        scheme, _, key = headers.get("authorization", "").partition(" ")
        known = self.switches.api_keys
        is_secret = key in known if known else key.startswith(("sk_", "rk_"))
        if scheme != "Bearer" or not is_secret:
            raise errors.unauthorized(key)
        fault = self.faults.take(IN_THE_MODEL, method, path)
        if fault and fault.kind is Kind.RATE_LIMITED:
            raise errors.rate_limited()
        if fault and fault.kind is Kind.UNAVAILABLE:
            unavailable = errors.broken(503)
            unavailable.is_stored = False
            raise unavailable
        return fault

    def _once(
        self,
        call: Call,
        request: tuple[str, str, Form],
        headers: dict[str, str],
        fault: Fault | None,
    ) -> Answer:
        """Execute a request with a key, or repeat what was answered to its first."""
        key = call.idempotency_key or ""
        if len(key) > KEY_MAX:
            raise errors.Refusal(f"An idempotency key has at most {KEY_MAX} characters.")
        if self.memory.is_in_use(key):
            raise errors.key_in_use(key)
        before = self.memory.recall(key)
        if before and before.fingerprint != request:
            raise errors.key_used_otherwise(key)
        if before:
            first = before.answer
            replayed = {"Idempotent-Replayed": "true", "Original-Request": _id_of(first)}
            return Answer(first.status, first.body, first.headers | headers | replayed)
        try:
            answer = self._executed(call, request, headers, fault)
        except errors.Refusal as refusal:
            if not refusal.is_stored:
                raise
            if refusal.status >= 500:
                headers["Stripe-Should-Retry"] = "false"  # it would only be replayed
            answer = refusal.answer(headers)
        self.memory.remember(key, request, answer)
        return answer

    def _executed(
        self,
        call: Call,
        request: tuple[str, str, Form],
        headers: dict[str, str],
        fault: Fault | None,
    ) -> Answer:
        method, path, form = request
        route, object_id = route_of(method, path)
        if route is None:
            raise errors.Refusal(f"Unrecognized request URL ({method}: {path}).", status=404)
        parameters.only(form, route.known)
        if fault and fault.kind is Kind.ERROR_BEFORE:
            raise errors.broken()
        self.account.call = call
        try:
            body = self._pictured(route.act(self.account, object_id, form), form)
        finally:
            self.account.call = None
        if fault and fault.kind is Kind.ERROR_AFTER:
            raise errors.broken()
        return Answer(200, body, headers)

    def _pictured(self, body: Body, form: Form) -> Body:
        """Show what came of a request, in the caller's version."""
        version = self.account.version
        if body["object"] == "list":
            body["data"] = [shown(self.account, row, version) for row in body["data"]]
        else:
            body = shown(self.account, body, version)
        if "expand" in form:
            expanded(self.account, body, form["expand"], version)
        return body


def _id_of(answer: Answer) -> str:
    return answer.headers["Request-Id"]
