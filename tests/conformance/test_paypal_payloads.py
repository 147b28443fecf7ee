"""Real deliveries and documented samples of PayPal's: verified, read, and booked once confirmed.

The certificates that came with them have expired and name no chain of their own. Their issuer, an
intermediate of DigiCert's, lies beside one of them; the root above it is no longer among those that
certifi knows. So these chains end at what the merchant chose to trust.
"""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from kassa.core.errors import InvalidSignature
from kassa.core.postings import balances
from kassa.gateways import http
from kassa.gateways.events import Delivery, GatewayEvent, Ignored, UnverifiedNotification
from kassa.gateways.paypal import events as reader
from kassa.gateways.paypal import webhook as signature
from kassa.gateways.paypal.certificates import chain as trust
from kassa.gateways.paypal.certificates.store import certificates
from kassa.gateways.webhooks.request import WebhookRequest
from kassa.gateways.webhooks.secrets import WebhookEndpoint
from kassa.ledger.booking import BookingContext, book
from kassa.ledger.state import SubjectState
from kassa.platform.lean import aws as lean_aws
from tests.conformance.conftest import PAYLOADS, skip_without_payloads
from tests.support.gateway_payloads.paypal import FakeTable

PAYPAL = PAYLOADS / "paypal"
SIMULATOR_ID = "WEBHOOK_ID"  # the simulator's webhooks are signed for these very letters
Body = dict[str, Any]


class Signed(NamedTuple):
    """A delivery as PayPal made it."""

    name: str
    body: bytes
    headers: dict[str, str]
    webhook_id: str
    certificate: Path

    @property
    def sent_at(self) -> datetime:
        return datetime.fromisoformat(self.headers["paypal-transmission-time"])


def deliveries() -> list[Signed]:
    """Return every signed delivery that is stored; none where the payloads aren't here."""
    found = []
    folder = PAYPAL / "paypal2_simulator"
    for path in sorted(folder.glob("*.headers.json")):
        body = path.with_name(path.name.replace(".headers.", ".body.")).read_bytes()
        headers = json.loads(path.read_text())
        certificate = folder / f"{headers['paypal-cert-url'].rpartition('/')[2]}.pem"
        found.append(Signed(path.name, body, headers, SIMULATOR_ID, certificate))
    shared = PAYPAL / "vectors" / "vector_python_sdk_shared.json"
    for one in json.loads(shared.read_text()) if shared.exists() else []:
        body = (shared.parent / one["body_file"]).read_bytes()
        headers = {name.lower(): value for name, value in one["headers"].items()}
        certificate = shared.parent / f"{headers['paypal-cert-url'].rpartition('/')[2]}.pem"
        found.append(Signed(one["name"], body, headers, one["webhook_id"], certificate))
    return found


SIGNED = deliveries()
each_delivery = pytest.mark.parametrize("one", SIGNED, ids=lambda one: one.name)


def authority(name: str) -> str:
    return (PAYPAL / "vectors" / f"{name}.crt.pem").read_text()


@pytest.fixture(autouse=True)
def paypals_certificates(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Serve the stored certificates at their own addresses."""
    skip_without_payloads()
    pems = {one.headers["paypal-cert-url"]: one.certificate.read_bytes() for one in SIGNED}
    monkeypatch.setenv("TABLE_NAME", "kassa")
    certificates.cache_clear()
    lean_aws.install({"dynamodb": FakeTable()})
    http.install(lambda request: http.HttpAnswer(200, {}, pems[request.url]))
    yield
    http.install(None)
    lean_aws.install({})
    certificates.cache_clear()


def verify(one: Signed, mode: str = "test", authorities: tuple[str, ...] | None = None) -> Any:
    if authorities is None:
        authorities = (authority("DigiCertSHA2ExtendedValidationServerCA"),)
    endpoint = WebhookEndpoint("shop", mode, (one.webhook_id,), None, authorities)
    request = WebhookRequest("paypal", "main", one.headers, one.body)
    return signature.SCHEME.verify(request, endpoint, one.sent_at + timedelta(seconds=1))


def refused(one: Signed, **more: Any) -> bool:
    try:
        verify(one, **more)
    except InvalidSignature:
        return True
    return False


def test_there_are_signed_deliveries_here() -> None:
    assert len(SIGNED) >= 5


@each_delivery
def test_what_paypal_signed_is_verified(one: Signed) -> None:
    (part,) = verify(one)
    assert part.body == one.body
    assert part.delivery_id == one.headers["paypal-transmission-id"]


@each_delivery
def test_one_byte_changed_anywhere_in_the_body_is_refused(one: Signed) -> None:
    for place in range(len(one.body)):
        changed = bytearray(one.body)
        changed[place] ^= 1
        assert refused(one._replace(body=bytes(changed))), place


@each_delivery
@pytest.mark.parametrize("header", ["transmission-id", "transmission-time", "transmission-sig"])
def test_one_character_changed_anywhere_in_a_header_is_refused(one: Signed, header: str) -> None:
    text = one.headers[f"paypal-{header}"]
    for place in range(len(text)):
        other = "1" if text[place] != "1" else "2"
        changed = text[:place] + other + text[place + 1 :]
        headers = one.headers | {f"paypal-{header}": changed}
        request = WebhookRequest("paypal", "main", headers, one.body)
        trusted = (authority("DigiCertSHA2ExtendedValidationServerCA"),)
        endpoint = WebhookEndpoint("shop", "test", (one.webhook_id,), None, trusted)
        with pytest.raises(InvalidSignature):
            signature.SCHEME.verify(request, endpoint, one.sent_at + timedelta(seconds=1))


@each_delivery
def test_another_webhook_id_is_refused(one: Signed) -> None:
    assert refused(one._replace(webhook_id="4JH86294D6297924X"))


@each_delivery
def test_the_chain_must_lead_somewhere(one: Signed) -> None:
    """The leaf alone leads to nobody: neither by the public roots nor by the root above."""
    assert refused(one, authorities=())
    assert refused(one, authorities=(authority("DigiCertHighAssuranceEVRootCA"),))
    both = (
        authority("DigiCertHighAssuranceEVRootCA"),
        authority("DigiCertSHA2ExtendedValidationServerCA"),
    )
    assert not refused(one, authorities=both)


@each_delivery
def test_a_chain_that_paypal_sends_along_is_walked_to_its_root(one: Signed) -> None:
    chain = one.certificate.read_text() + authority("DigiCertSHA2ExtendedValidationServerCA")
    http.install(lambda request: http.HttpAnswer(200, {}, chain.encode()))
    assert not refused(one, authorities=(authority("DigiCertHighAssuranceEVRootCA"),))


@each_delivery
def test_the_sandboxs_certificate_doesnt_count_in_live_mode(one: Signed) -> None:
    is_sandbox = (
        trust.SANDBOX in one.certificate.read_text() or "sandbox" in one.headers["paypal-cert-url"]
    )
    assert refused(one, mode="live") is is_sandbox


@each_delivery
def test_an_old_delivery_is_refused_today(one: Signed) -> None:
    request = WebhookRequest("paypal", "main", one.headers, one.body)
    endpoint = WebhookEndpoint("shop", "test", (one.webhook_id,), None)
    with pytest.raises(InvalidSignature):
        signature.SCHEME.verify(request, endpoint, one.sent_at + timedelta(days=4))


def samples() -> list[tuple[str, Body]]:
    """Return every stored body or example that is an event."""
    found = []
    for path in sorted(PAYPAL.glob("*/*.json")):
        if path.parent.name != "openapi":
            found += [(path.name, one) for one in _events(json.loads(path.read_text()))]
    return found


def _events(value: Any) -> Iterator[Body]:
    if isinstance(value, dict) and isinstance(value.get("event_type"), str) and "id" in value:
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _events(part)


def delivery(name: str, origin: str = "webhook") -> Delivery:
    return Delivery(
        gateway="paypal",
        account="main",
        merchant_id="shop",
        mode="test",
        received_at=datetime.fromisoformat("2026-11-22T12:00:00+00:00"),
        origin=origin,
        delivery_id=f"transmission-{name}",
    )


def confirmed(event: Body, name: str) -> GatewayEvent | Ignored | None:
    """Read an event, and read it back where PayPal answers what the event said."""
    notification = reader.read(json.dumps(event).encode(), delivery(name))
    if not isinstance(notification, UnverifiedNotification):
        assert isinstance(notification, Ignored)
        return None
    answer = event["resource"]
    if notification.reads == "order":
        answer = answer | {"id": notification.object_id}
    return reader.confirmed(notification, answer, delivery(name))


EXPECTED: dict[str, tuple[str, str, int] | None] = {
    "CHECKOUT.ORDER.APPROVED.json": None,
    "CHECKOUT.PAYMENT-APPROVAL.REVERSED.json": None,
    "CUSTOMER.DISPUTE.CREATED.json": ("PP-000-042-663-135", "inquiry", 3_00),
    "CUSTOMER.DISPUTE.RESOLVED.json": ("PP-000-042-663-135", "won", 3_00),
    "MERCHANT.PARTNER-CONSENT.REVOKED.json": None,
    "PAYMENT.CAPTURE.COMPLETED.eur.json": ("16B03454EE9735CAP", "captured", 2_65),
    "PAYMENT.CAPTURE.COMPLETED.fx_sandbox.json": ("6T496768GW863311H", "captured", 50_60),
    "PAYMENT.SALE.DENIED.json": ("0UV619993K905211J", "failed", 17_47),
    "PAYMENT.SALE.PENDING.json": ("11139561TK568332L", "pending", 3_76),
    "HOOK_PAYMENT_CAPTURE_COMPLETED_V2.body.json": ("12A34567BC123456S", "captured", 30_00),
    "HOOK_PAYMENT_SALE_COMPLETED.body.json": ("80021663DE681814L", "captured", 48),
    "HOOK_PLAN_CREATED_V2.body.json": None,
    "HOOK_SUBSCRIPTION_CREATED_v2.body.json": None,
    "body_python_sdk_2015-05-18.json": ("4EU7004268015634R", "captured", 20_00),
    "notifications_webhooks_v1__verify-webhook-signature.post__request__"
    "verify_webhook_signature.json": None,
}


@pytest.mark.parametrize(("name", "event"), samples(), ids=lambda one: str(one)[:40])
def test_every_sample_is_read_and_says_what_it_should(name: str, event: Body) -> None:
    found = confirmed(event, name)
    if EXPECTED[name] is None:
        assert not isinstance(found, GatewayEvent)
        return
    assert isinstance(found, GatewayEvent)
    first = found.object_reports[0]
    assert (first.object_id, first.state, first.amount.amount_minor) == EXPECTED[name]


@pytest.mark.parametrize(("name", "event"), samples(), ids=lambda one: str(one)[:40])
def test_every_sample_says_the_same_when_it_is_pulled(name: str, event: Body) -> None:
    """An order is read back wherever it comes from: that is what captures it."""
    found = reader.read(json.dumps(event).encode(), delivery(name, "pull"))
    if EXPECTED[name] is None:
        assert not isinstance(found, GatewayEvent)
        return
    assert isinstance(found, GatewayEvent)
    assert found.object_reports == getattr(confirmed(event, name), "object_reports", ())


def test_every_sample_is_expected() -> None:
    assert {name for name, _ in samples()} == EXPECTED.keys()


@pytest.mark.parametrize(("name", "event"), samples(), ids=lambda one: str(one)[:40])
def test_every_sample_books_what_it_should(name: str, event: Body) -> None:
    """A capture is owed by its customer; an inquiry, a failure or a wait moves nothing."""
    found = confirmed(event, name)
    if not isinstance(found, GatewayEvent):
        return
    context = BookingContext("shop", datetime.fromisoformat("2026-11-22T12:00:00+00:00"))
    _, facts = book(SubjectState(), found, context)
    postings = [one for fact in facts for one in fact.data.postings]
    _, state, minor = EXPECTED[name] or ("", "", 0)
    sums = {account.value: total for (account, _), total in balances(postings).items()}
    owed = {"customers": -minor, "gateway_clearing": minor} if state == "captured" else {}
    assert sums == owed


def test_one_id_under_two_types_is_two_events() -> None:
    """The documentation's own samples share one."""
    by_id: dict[str, set[str]] = {}
    for name, event in samples():
        if "resource" in event:
            found = reader.read(json.dumps(event).encode(), delivery(name))
            by_id.setdefault(event["id"], set()).add(found.event_id)
    assert max(len(ids) for ids in by_id.values()) > 1


@pytest.mark.parametrize("origin", ["webhook", "pull"])
def test_month_nineteen_is_read(origin: str) -> None:
    event = next(e for n, e in samples() if n == "HOOK_PLAN_CREATED_V2.body.json")
    assert event["create_time"].startswith("2018-19-12")
    found = reader.read(json.dumps(event).encode(), delivery("plan", origin))
    assert isinstance(found, Ignored)
    assert found.happened_at == datetime.fromisoformat("2018-12-10T21:20:49+00:00")


def test_platform_fees_book_the_whole_payment() -> None:
    """What a platform keeps is no part of what the customer owed; the balance reports it."""
    name = "HOOK_PAYMENT_CAPTURE_COMPLETED_V2.body.json"
    event = next(e for n, e in samples() if n == name)
    assert event["resource"]["seller_receivable_breakdown"]["platform_fees"]
    found = confirmed(event, name)
    assert isinstance(found, GatewayEvent)
    assert [one.amount.amount_minor for one in found.object_reports] == [30_00, 30_00]
    assert found.order_id == "5840243-146"
