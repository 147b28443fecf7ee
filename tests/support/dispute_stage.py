"""Disputes on a stage: any gateway's fake, the real handlers, and people who answer."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from functions.answer_dispute.app import lambda_handler as answer_handler
from functions.track_order.app import lambda_handler as track_handler
from infra.fake_gateways.kit.faults import Fault, Kind
from kassa.disputes.dispute import Dispute
from kassa.disputes.store import Disputes
from kassa.platform import documents
from kassa.platform.settings import settings
from tests.support.aws_stack import Context, Stack
from tests.support.every_gateway import scene_class
from tests.support.fake_clock import FakeClock
from tests.support.gateway_stage import Stage, on_stage, seconds
from tests.support.queue_batches import batch, failed
from tests.support.refund_stage import answered, http_event

ANSWERING = ("stripe", "paypal", "klarna", "adyen")
PDF = b"%PDF-1.4\n% a page of a carrier's proof\n%%EOF\n"
ORDER = "order-1"
LIST, SHOW = "GET /disputes", "GET /disputes/{gateway}/{account}/{dispute_id}"
ACT = "POST /disputes/{gateway}/{account}/{dispute_id}/{action}"
SERVICE = "/ca/services/DisputeService/v30"
READS = {  # the request of each that asks how it stands, as faults name it
    "stripe": ("GET", "/v1/disputes/"),
    "paypal": ("GET", "/v1/customer/disputes/"),
    "klarna": ("GET", "/v4/payment/disputes"),
    "adyen": ("POST", f"{SERVICE}/retrieve"),
}
SUBMITS = {  # and the one that submits
    "stripe": "/v1/disputes/",
    "paypal": "/v1/customer/disputes/{}/provide-evidence",
    "klarna": "/v4/payment/disputes/{}/represent",
    "adyen": f"{SERVICE}/defendDispute",
}
TRIES = 4  # more often than any client tries by itself
Answer = tuple[int, dict[str, Any]]


class DisputeStage:
    """A dispute at one gateway, from its opening to its end."""

    def __init__(self, stage: Stage, gateway: str) -> None:
        self.stage, self.gateway = stage, gateway
        self.fake: Any = stage.scene.fake  # type: ignore[attr-defined]
        self.published: list[dict[str, Any]] = []
        self.dispute_id = ""

    def open(self, amount_minor: int = 100_00) -> Dispute:
        """Let a customer pay, and dispute it."""
        stage = self.stage
        stage.scene.pay(ORDER, amount_minor)
        stage.deliver()
        made = self.fake.open_dispute(payment_id(self))
        self.dispute_id = str(made.get("dispute_id") or made["id"]).rpartition(":")[2]
        self.deliver()
        return self.dispute()

    def deliver(self) -> None:
        """Book what the gateway sent, and pass on what is published."""
        self.stage.deliver()
        self.pass_on()

    def pass_on(self) -> None:
        """Do what the bus's rule does: what the books say of disputes comes to OrdersQueue."""
        for envelope in self.stage.stack.published():
            self.published.append(envelope)
            if envelope["detail-type"] in RULE:
                assert failed(track_handler(batch(json.dumps(envelope)), Context())) == []

    def watch(self) -> None:
        """Let the clock's function run."""
        self.stage.watch()
        self.pass_on()

    def close(self, outcome: str) -> None:
        """Let the bank decide."""
        named = self.gateway_id()
        self.fake.close_dispute(named, outcome)
        self.deliver()

    def gateway_id(self) -> str:
        """Return what the gateway itself calls the dispute."""
        known = getattr(self.fake.account, "disputes", {})
        return next((one for one in known if one.endswith(self.dispute_id)), self.dispute_id)

    def dispute(self) -> Dispute:
        """Return how the dispute stands."""
        return Disputes(settings().merchant_id).named(self.gateway, "main", self.dispute_id)

    def call(self, route: str, body: Any, caller: str = "anna", **path: str) -> Answer:
        """Ask the API."""
        event = http_event(route, body, caller, **path)
        return answered(answer_handler(event, Context()))

    def act(self, action: str, body: Any = None, caller: str = "anna") -> Answer:
        """Do something with the dispute, as a person's key."""
        path = {"gateway": self.gateway, "account": "main", "dispute_id": self.dispute_id}
        return self.call(ACT, body or {}, caller, **path, action=action)

    def shown(self) -> dict[str, Any]:
        """Read the dispute through the API."""
        path = {"gateway": self.gateway, "account": "main", "dispute_id": self.dispute_id}
        status, answer = self.call(SHOW, "", **path)
        assert status == 200, answer
        return answer

    def add_file(self, content: bytes = PDF, **fields: Any) -> Answer:
        """Add a file."""
        file = {"name": "proof.pdf", "kind": "shipping"} | fields
        return self.act("files", {"file": file | {"content_base64": encoded(content)}})

    def lose(self, kind: Kind) -> None:
        """Let the request that submits be lost, or its answer."""
        path = SUBMITS[self.gateway].format(self.gateway_id())
        self.fake.faults.expect(Fault(kind, path=path, method="POST", times=TRIES))

    def silence(self) -> None:
        """Let requests that ask how it stands be lost, however often they are tried."""
        method, path = READS[self.gateway]
        self.fake.faults.expect(Fault(Kind.LOST_REQUEST, path=path, method=method, times=TRIES))

    def lose_nothing(self) -> None:
        """Let nothing be lost any more."""
        self.fake.faults.clear()

    def facts(self, name: str) -> list[dict[str, Any]]:
        """Return what was published of a kind, each fact once."""
        found = [one["detail"] for one in self.published if one["detail-type"] == name]
        return list({one["metadata"]["fact_id"]: one for one in found}.values())

    def submissions(self) -> int:
        """Return how many answers the gateway has taken."""
        return SUBMISSIONS[self.gateway](self.fake.account, self.gateway_id())


def encoded(content: bytes) -> str:
    """Return bytes as a request carries them."""
    return base64.b64encode(content).decode()


def payment_id(stage: DisputeStage) -> str:
    """Return the fake's id of the payment that was made."""
    payments = stage.fake.truth()["payments"]
    return next(name for name, one in payments.items() if one["order_id"] == ORDER)


def _of_stripe(account: Any, dispute_id: str) -> int:
    found: int = account.find("dispute", dispute_id)["evidence_details"]["submission_count"]
    return found


SUBMISSIONS: dict[str, Any] = {
    "stripe": _of_stripe,
    "paypal": lambda account, one: int("evidences" in account.disputes[one]),
    "klarna": lambda account, one: int("partner_evidence" in account.disputes[one]),
    "adyen": lambda account, one: int(bool(account.disputes[one].get("is_defended"))),
}
RULE = {"DisputeOpened", "DisputeWon", "DisputeLost", "DisputeInquiryClosed"}


@contextmanager
def disputing(
    gateway: str, stack: Stack, fake_clock: FakeClock, patch: pytest.MonkeyPatch
) -> Iterator[DisputeStage]:
    """Open a stage with a dispute at a gateway, and an invoice of what was paid."""
    scene = scene_class(gateway)(lambda: seconds(fake_clock), 7)
    merchant = scene.secrets()[f"api/{gateway}/main"]["merchant_id"]
    patch.setenv("MERCHANT_ID", merchant)
    with on_stage(stack, fake_clock, scene, patch) as stage:
        yield DisputeStage(stage, gateway)


@pytest.fixture(params=ANSWERING)
def stage(
    request: pytest.FixtureRequest,
    stack: Stack,
    fake_clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[DisputeStage]:
    """Open a stage with a dispute at each gateway in turn."""
    with disputing(request.param, stack, fake_clock, monkeypatch) as made:
        made.open()
        yield made


def keep_invoice(key: str = "invoices/main/2026/2026-00000001.pdf") -> str:
    """Let an invoice's document lie where documents lie."""
    documents.store(key, PDF)
    return key
