"""A CRM behind a REST target: a note for each fact, created by POST, and each payment's last fact.

A POST that comes twice makes two notes: this CRM refuses no repeat, so only we can.
"""

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from kassa.audit.trail import Actor
from kassa.fact_catalog import KINDS
from kassa.partners.rest.parse import read_target
from kassa.partners.rest.store import Targets
from kassa.partners.safe_http import SafeAnswer, SafeRequest
from tests.simulation.engine.schedule import Schedule

BASE, TOLD = "https://crm.example", ["PaymentCaptured", "RefundSucceeded", "DisputeOpened"]
NOTE: dict[str, Any] = {
    "kind": "note",
    "facts": TOLD,
    "holds": "fact",
    "key_field": "external_id",
    "create": {"method": "POST", "path": "/notes", "id": "id"},
    "look_up": {
        **{"path": "/notes", "query": {"external_id": "{key}"}, "found_in": "results"},
        **{"key": "external_id", "id": "id"},
    },
    "fields": {"text": "fact.data.fact"},
}
DEAL: dict[str, Any] = {
    "kind": "deal",
    "facts": TOLD,
    "holds": "subject",
    "key": "fact.metadata.subject_id",
    "version_field": "kassa_version",
    "upsert": {"method": "PUT", "path": "/deals/{key}", "id": "id"},
    "look_up": {"path": "/deals/{key}", "id": "id", "version": "kassa_version"},
    "fields": {"last": "fact.data.fact"},
}


class Crm:
    """The CRM, and what it holds."""

    def __init__(self, schedule: Schedule) -> None:
        source = schedule.source
        self.notes: dict[str, int] = defaultdict(int)  # how many, by our id
        self.deals: dict[str, dict[str, Any]] = {}
        self._schedule = schedule
        begins_s = source.uniform(0.0, 60.0)
        self._down = (begins_s, begins_s + source.choice((0.0, 0.0, 600.0, 7_200.0)))
        self._throttles = source.choice((0.0, 0.0, 0.2))
        self._fails_after = source.choice((0.0, 0.0, 0.2))

    @staticmethod
    def secrets() -> dict[str, str]:
        """Return the credentials that stand in Secrets Manager."""
        return {"kassa/partners/crm": json.dumps({"token": "static-token-1"})}

    @staticmethod
    def connect(by: Actor) -> None:
        """Save it as a target."""
        written = {
            **{"name": "crm", "base_url": BASE, "auth": {"kind": "header"}},
            **{"rate": {"per_second": 50}, "records": [NOTE, DEAL]},
        }
        known = {name: frozenset(kind.model_fields) for name, kind in KINDS.items()}
        read = read_target(written, known)
        assert read.target is not None, read.wrong
        Targets("main").save(read.target, by)

    def answer(self, request: SafeRequest) -> SafeAnswer:
        """Do what is asked for, or not."""
        schedule, source = self._schedule, self._schedule.source
        if self._down[0] <= schedule.now_s < self._down[1]:
            schedule.seen["the CRM was down"] += 1
            return SafeAnswer(503, {}, b"{}")
        if source.random() < self._throttles:
            schedule.seen["the CRM throttled"] += 1
            return SafeAnswer(429, {"retry-after": str(source.randint(1, 60))}, b"{}")
        status, body = self._done(request)
        if request.method != "GET" and source.random() < self._fails_after:
            schedule.seen["the CRM took a record and failed"] += 1
            return SafeAnswer(500, {}, b"{}")
        return SafeAnswer(status, {}, json.dumps(body).encode())

    def _done(self, request: SafeRequest) -> tuple[int, Mapping[str, Any]]:
        url = urlsplit(request.url)
        if url.path == "/notes" and request.method == "GET":
            self._schedule.seen["a note was looked up"] += 1
            (key,) = parse_qs(url.query)["external_id"]
            found = [{"external_id": key, "id": key}] if self.notes[key] else []
            return 200, {"results": found}
        if url.path == "/notes":
            key = str(json.loads(request.body or b"")["external_id"])
            self.notes[key] += 1
            return 201, {"id": key}
        key = unquote(re.sub("^/deals/", "", url.path))
        if request.method == "GET":
            return (200, self.deals[key]) if key in self.deals else (404, {})
        self.deals[key] = json.loads(request.body or b"") | {"id": key}
        return 200, {"id": key}
