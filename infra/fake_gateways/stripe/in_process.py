"""The fake for the official client without a network: an HTTP client that asks the model itself.

    stripe.StripeClient("sk_test_1", http_client=InProcessHttpClient(fake))

Its hooks let a simulation yield or break things on the way: `before` may raise `Lost` (nothing was
done), `during` runs while the idempotency key is in use, `after` may raise `Lost` (all was done).
"""

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import stripe

from infra.fake_gateways.kit.answers import Answer
from infra.fake_gateways.kit.faults import ON_THE_WAY, Kind, Lost
from infra.fake_gateways.kit.forms import fields_of, text_fields
from infra.fake_gateways.stripe.api import errors
from infra.fake_gateways.stripe.api.parameters import parsed
from infra.fake_gateways.stripe.model import FakeStripe

stripe.enable_telemetry = False  # it would write an id into HOME, and tell Stripe how long we took

_SILENCE: Any = stripe.APIConnectionError
Hook = Callable[[str, str], object]


def _nothing(method: str, path: str) -> None:
    """Let a request pass."""


class InProcessHttpClient(stripe.HTTPClient):
    """What `stripe.StripeClient` sends, the fake answers."""

    name = "fake"

    def __init__(
        self,
        fake: FakeStripe,
        before: Hook = _nothing,
        during: Hook = _nothing,
        after: Hook = _nothing,
    ) -> None:
        """Call this fake; the hooks get method and path."""
        super().__init__()
        self._fake = fake
        self.before, self.during, self.after = before, during, after

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        **unused: Any,
    ) -> tuple[str, int, Mapping[str, str]]:
        """Answer what the official client asks, or lose it."""
        parts = urlsplit(url)
        verb = method.upper()
        given = {name.lower(): str(value) for name, value in (headers or {}).items()}
        form: Any = fields_of(given.get("content-type", ""), _bytes(post_data))
        if form:
            form = text_fields(form)
        else:
            form = parsed(post_data if verb == "POST" and post_data else parts.query)
        answer = self.send(verb, parts.path, form, headers or {})
        return json.dumps(answer.body), answer.status, Headers(answer.headers)

    def send(self, verb: str, path: str, form: Any, given: Mapping[str, str]) -> Answer:
        """Answer a request that is parsed already, or lose it."""
        fault = self._fake.faults.take(ON_THE_WAY, verb, path)
        kind = fault.kind if fault else None
        try:
            self.before(verb, path)
            if kind is Kind.LOST_REQUEST:
                raise Lost
            answer = self._answered(verb, path, form, given)
            self.after(verb, path)
            if kind in (Kind.LOST_RESPONSE, Kind.SLOW, Kind.SLOW_RESPONSE):
                raise Lost
        except Lost as error:
            raise _SILENCE("the fake did not answer", should_retry=True) from error
        return answer

    def _answered(self, verb: str, path: str, form: Any, given: Mapping[str, str]) -> Answer:
        if self._fake.is_in_use(given):
            key = given.get("Idempotency-Key", "")
            return errors.key_in_use(key).answer({})
        with self._fake.executing(given):
            self.during(verb, path)
        with self._fake.lock:
            return self._fake.request(verb, path, form, given)

    def close(self) -> None:
        """Nothing is open."""


def _bytes(post_data: Any) -> bytes:
    return post_data if isinstance(post_data, bytes) else str(post_data or "").encode()


class Headers(dict[str, str]):
    """Headers whose names may be written in any case, as the client expects."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        """Keep the names as given; look them up in lower case."""
        super().__init__(headers)
        self._lower = {name.lower(): value for name, value in headers.items()}

    def __contains__(self, name: object) -> bool:
        """Return whether there is such a header."""
        return str(name).lower() in self._lower

    def __getitem__(self, name: str) -> str:
        """Return a header."""
        return self._lower[name.lower()]

    def get(self, name: str, default: Any = None) -> Any:
        """Return a header, or something else."""
        return self._lower.get(name.lower(), default)
