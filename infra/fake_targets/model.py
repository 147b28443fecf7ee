"""A CRM nobody knows, in memory: collections of records, by its own ids and by ours.

It has what real ones differ in, each a switch: whether a second create is refused, whether a token
expires soon, how many requests it takes in a second, how late a lost request still takes effect.
"""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote

from infra.fake_gateways.kit.answers import Answer
from infra.fake_gateways.kit.faults import IN_THE_MODEL, Fault, Faults, Kind
from infra.fake_gateways.kit.request_router import Incoming

CLIENT_ID, CLIENT_SECRET, TOKEN = "kassa", "client-secret-1", "static-token-1"
OUR_ID = "external_id"


@dataclass
class Switches:
    """How this CRM is set up."""

    refuses_twice: bool = True  # a create of a record that is there answers 409; else there are two
    token_lives_s: int = 3600
    per_second: int = 0  # 0 for as many as come
    takes_credentials: bool = True
    required: str = ""  # a field without which a record is refused, with a message that quotes all


@dataclass
class Held:
    """One record."""

    record_id: str
    fields: dict[str, Any]
    writes: int = 1


@dataclass
class FakeTarget:
    """The CRM: `answer` executes one request; `run_due` does what was on its way."""

    clock: Callable[[], float]
    switches: Switches = field(default_factory=Switches)
    faults: Faults = field(default_factory=Faults)
    collections: dict[str, list[Held]] = field(default_factory=dict)
    requests: list[tuple[float, str, str]] = field(default_factory=list)  # when, method, path
    _tokens: dict[str, float] = field(default_factory=dict)  # until when each is good
    _on_the_way: list[tuple[float, Incoming]] = field(default_factory=list)
    _ids: int = 0

    def answer(self, incoming: Incoming) -> Answer:
        """Execute a request, wrongly where a fault says so."""
        self.run_due()
        fault = self.faults.take(IN_THE_MODEL, incoming.method, incoming.path)
        if fault and (answer := _failed(fault)):
            return answer
        answer = self._token(incoming) if incoming.path == "/oauth/token" else self._api(incoming)
        return Answer(500, {"error": "failed after all was done"}) if fault else answer

    def execute_later(self, incoming: Incoming, seconds: float) -> None:
        """Let a request take effect later, when whoever sent it has long stopped waiting."""
        self._on_the_way.append((self.clock() + seconds, incoming))

    def run_due(self) -> int:
        """Do what was on its way and has arrived by now."""
        now = self.clock()
        arrived = [one for at, one in self._on_the_way if at <= now]
        self._on_the_way = [(at, one) for at, one in self._on_the_way if at > now]
        for incoming in arrived:
            self._executed(incoming)
        return len(arrived)

    def held(self, collection: str) -> list[dict[str, Any]]:
        """Return the records of a collection."""
        return [one.fields for one in self.collections.get(collection, [])]

    def _api(self, incoming: Incoming) -> Answer:
        now = self.clock()
        self.requests.append((now, incoming.method, incoming.path))
        lately = [at for at, _, _ in self.requests if now - 1 < at <= now]
        if self.switches.per_second and len(lately) > self.switches.per_second:
            return Answer(429, {"error": "too many requests"}, {"Retry-After": "2"})
        if not self._may_enter(incoming.headers.get("authorization", "")):
            return Answer(401, {"error": "who are you?"})
        return self._executed(incoming)

    def _executed(self, incoming: Incoming) -> Answer:
        collection, _, last = incoming.path.strip("/").partition("/")
        last, fields = unquote(last), json.loads(incoming.body or b"{}")
        if incoming.method == "GET":
            return self._found(collection, last, parse_qs(incoming.query))
        if incoming.method != "DELETE" and _at(fields, self.switches.required) is None:
            why = f"{self.switches.required} is missing in {json.dumps(fields)}"
            return Answer(422, {"error": {"message": why}})
        if incoming.method == "POST":
            return self._created(collection, fields)
        if last.startswith("id/"):
            return self._changed(self._by_id(collection, last.removeprefix("id/")), fields)
        if incoming.method == "DELETE":
            kept = [one for one in self._of(collection) if one.fields.get(OUR_ID) != last]
            is_gone = len(kept) < len(self._of(collection))
            self.collections[collection] = kept
            return Answer(200 if is_gone else 404, {})
        known = self._by_our_id(collection, last)
        if known:
            return self._changed(known[0], fields)
        return self._added(collection, {OUR_ID: last} | fields)

    def _created(self, collection: str, fields: dict[str, Any]) -> Answer:
        known = self._by_our_id(collection, str(fields.get(OUR_ID)))
        if known and self.switches.refuses_twice:
            return Answer(409, {"error": {"message": "it is there already"}})
        return self._added(collection, fields)

    def _added(self, collection: str, fields: dict[str, Any]) -> Answer:
        self._ids += 1
        one = Held(f"rec{self._ids}", fields)
        self._of(collection).append(one)
        return Answer(201, {"id": one.record_id} | fields)

    def _changed(self, one: Held | None, fields: dict[str, Any]) -> Answer:
        if one is None:
            return Answer(404, {"error": "no such record"})
        one.fields |= fields
        one.writes += 1
        return Answer(200, {"id": one.record_id} | one.fields)

    def _found(self, collection: str, last: str, query: dict[str, list[str]]) -> Answer:
        if not last:
            known = self._by_our_id(collection, query.get(OUR_ID, [""])[0])
            listed = [{"id": one.record_id} | one.fields for one in known]
            return Answer(200, {"results": listed})
        found = self._by_our_id(collection, last)
        if last.startswith("id/"):
            by_id = self._by_id(collection, last.removeprefix("id/"))
            found = [by_id] if by_id else []
        if not found:
            return Answer(404, {"error": "no such record"})
        return Answer(200, {"id": found[0].record_id} | found[0].fields)

    def _of(self, collection: str) -> list[Held]:
        return self.collections.setdefault(collection, [])

    def _by_our_id(self, collection: str, key: str) -> list[Held]:
        return [one for one in self._of(collection) if one.fields.get(OUR_ID) == key]

    def _by_id(self, collection: str, record_id: str) -> Held | None:
        return next((one for one in self._of(collection) if one.record_id == record_id), None)

    def _token(self, incoming: Incoming) -> Answer:
        named = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        is_known = incoming.headers.get("authorization") == f"Basic {named}"
        if not is_known or not self.switches.takes_credentials:
            return Answer(401, {"error": "invalid_client"})
        self._ids += 1
        token = f"token-{self._ids}"
        self._tokens[token] = self.clock() + self.switches.token_lives_s
        lives_s = self.switches.token_lives_s
        return Answer(200, {"access_token": token, "expires_in": lives_s, "token_type": "Bearer"})

    def _may_enter(self, authorization: str) -> bool:
        token = authorization.removeprefix("Bearer ")
        if not self.switches.takes_credentials:
            return False
        return token == TOKEN or self.clock() < self._tokens.get(token, 0)

    def revoke_tokens(self) -> None:
        """Let no token be good any more, whatever was said of its life."""
        self._tokens.clear()


def _failed(fault: Fault) -> Answer | None:
    """Return what a fault answers where nothing is done."""
    return {
        Kind.ERROR_BEFORE: Answer(500, {"error": "failed before anything was done"}),
        Kind.RATE_LIMITED: Answer(429, {"error": "too many requests"}, {"Retry-After": "30"}),
        Kind.UNAVAILABLE: Answer(503, {"error": "down"}, {"Retry-After": "60"}),
    }.get(fault.kind)


def _at(fields: dict[str, Any], name: str) -> Any:
    here: Any = fields
    for step in filter(None, name.split(".")):
        here = here.get(step) if isinstance(here, dict) else None
    return here
