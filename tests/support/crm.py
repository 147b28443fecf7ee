"""A merchant's CRM for tests: the fake REST target behind the safe client's transport."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from infra.fake_gateways.kit.faults import ON_THE_WAY, Fault, Kind
from infra.fake_gateways.kit.request_router import Incoming
from infra.fake_targets.model import CLIENT_ID, CLIENT_SECRET, TOKEN, FakeTarget
from kassa.core.errors import PartnerSilent, PartnerUnreachable
from kassa.partners import safe_http
from kassa.partners.addresses import Target as Address
from kassa.partners.rest import client, store
from kassa.partners.rest.parse import read_target
from kassa.partners.rest.target import Target
from kassa.partners.safe_http import SafeAnswer, SafeRequest
from kassa.platform import aws, clock
from tests.support.known_facts import KNOWN_FACTS

BASE = "https://crm.example"
LATE_S = 40.0  # how late a slow request takes effect

DEAL: dict[str, Any] = {  # how a payment stands, upserted by our id
    "kind": "deal",
    "facts": ["PaymentCaptured", "RefundSucceeded"],
    "holds": "payment",
    "key": "payment.payment_id",
    "version_field": "kassa_version",
    "upsert": {"method": "PUT", "path": "/deals/{key}", "id": "id"},
    "look_up": {"path": "/deals/{key}", "id": "id", "version": "kassa_version"},
    "fields": {"status": "payment.status", "paid.amount": {"amount": "payment.captured"}},
}
NOTE: dict[str, Any] = {  # one for each fact, created by a POST that knows no repeat
    "kind": "note",
    "facts": ["PaymentCaptured", "RefundSucceeded"],
    "holds": "fact",
    "key_field": "external_id",
    "create": {"method": "POST", "path": "/notes", "id": "id"},
    "look_up": {
        "path": "/notes",
        "query": {"external_id": "{key}"},
        "found_in": "results",
        "key": "external_id",
        "id": "id",
    },
    "fields": {"text": "fact.data.fact"},
}
OAUTH2 = {"kind": "oauth2", "token_url": f"{BASE}/oauth/token"}


def target(*records: dict[str, Any], **more: Any) -> Target:
    """Return a target with these kinds of record."""
    written = {
        "name": "crm",
        "base_url": BASE,
        "auth": {"kind": "header"},
        "rate": {"per_second": 1000},
        "answers": {"message": "error.message"},
        "records": list(records),
    }
    read = read_target(written | more, KNOWN_FACTS)
    assert read.target is not None, read.wrong
    return read.target


def put_secret(name: str = "crm", **values: str) -> None:
    """Put a target's credentials where they are read."""
    known = {"token": TOKEN, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET} | values
    secret = {"Name": f"kassa/partners/{name}", "SecretString": json.dumps(known)}
    try:
        aws.client("secretsmanager").create_secret(**secret)
    except aws.client("secretsmanager").exceptions.ResourceExistsException:
        aws.client("secretsmanager").put_secret_value(
            SecretId=secret["Name"], SecretString=secret["SecretString"]
        )


class Crm:
    """The fake, and every request that left for it."""

    def __init__(self) -> None:
        self.fake = FakeTarget(lambda: clock.now().timestamp())
        self.sent: list[SafeRequest] = []
        self.is_down = False
        self.before: Callable[[SafeRequest], None] = lambda request: None
        self.after: Callable[[SafeRequest], None] = lambda request: None

    def fault(self, kind: Kind, **fields: Any) -> None:
        """Let the next requests go wrong."""
        self.fake.faults.expect(Fault(kind, **fields))

    def transport(self, address: Address, request: SafeRequest) -> SafeAnswer:
        """Answer as the network would."""
        self.before(request)
        if self.is_down:
            raise PartnerUnreachable(f"{address.host}: nobody took the connection")
        self.sent.append(request)
        path, _, query = address.path.partition("?")
        headers = {name.lower(): value for name, value in request.headers.items()}
        incoming = Incoming(request.method, path, query, headers, request.body or b"")
        fault = self.fake.faults.take(ON_THE_WAY, request.method, path)
        if fault and fault.kind is Kind.LOST_REQUEST:
            raise PartnerSilent(f"{address.host}: no answer")
        if fault and fault.kind is Kind.SLOW:
            self.fake.execute_later(incoming, fault.seconds or LATE_S)
            raise PartnerSilent(f"{address.host}: no answer in time")
        answer = self.fake.answer(incoming)
        self.after(request)
        if fault:
            raise PartnerSilent(f"{address.host}: the answer was lost")
        body = json.dumps(answer.body).encode()
        answered = {name.lower(): value for name, value in answer.headers.items()}
        return SafeAnswer(answer.status, answered, body)


@contextmanager
def open_crm() -> Iterator[Crm]:
    """Stand a CRM behind the safe client, with nothing kept of an earlier one."""
    crm = Crm()
    safe_http.install(crm.transport)
    forget()
    yield crm
    safe_http.install(None)
    forget()


def forget() -> None:
    """Be a new execution environment: nothing is kept in memory."""
    client.forget()
    store.forget()
