"""One event in, and one refund at a gateway's test mode, through everything that is deployed."""

import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from cli.acting import operator
from cli.gateways.accounts import watched
from cli.smoke.rights import Outcome, Verdict
from infra.stack import Stack
from kassa.core.callers import Scope
from kassa.core.errors import EventNotFound, GatewayError, PaymentNotFound
from kassa.gateways.events import Subject, SubjectKind
from kassa.gateways.stripe import client as stripe_client
from kassa.ledger.lists.events import EventLists
from kassa.people.api_key_store import ApiKeys
from kassa.people.create_api_key import create_key_for_system
from kassa.platform import aws, clock, secrets

GATEWAY = "stripe"  # whose signature and test cards are known here
EVENT_S, PAYMENT_S, REFUND_S, PAUSE_S = 60.0, 90.0, 120.0, 1.0
AMOUNT_MINOR, CURRENCY = 200, "eur"
ENDED = {"paid": Verdict.PASSED, "discrepancy": Verdict.FAILED}
LEFT_TO_PEOPLE = ("escalated", "rejected")


def look_at_traffic(stack: Stack) -> list[Outcome]:
    """Send an event to each account that can be signed for here; refund where one is a test."""
    aws.install({name: stack.client(name) for name in ("dynamodb", "s3", "secretsmanager")})
    secrets.forget()
    accounts = [account for gateway, account in watched(stack) if gateway == GATEWAY]
    found = [_event_in(stack, account) for account in accounts]
    found += [_refund(stack, account) for account in accounts]
    if not accounts:
        seen = "no account of Stripe's is watched"
        return [Outcome("one event in, one refund", Verdict.UNKNOWN, seen)]
    return found


def _event_in(stack: Stack, account: str) -> Outcome:
    """Send an event that is counted and never booked, signed as the gateway signs."""
    name = f"one event in, {GATEWAY}/{account}"
    endpoint = _endpoint(stack, account)
    if not endpoint.get("signing_secrets"):
        return Outcome(name, Verdict.UNKNOWN, "its secret holds no signing secret yet")
    event_id = f"evt_smoke_{uuid.uuid4().hex}"
    answer = _post(stack, account, event_id, str(endpoint["signing_secrets"][-1]))
    if answer.status_code != 200:
        to_do = "see the log group of ReceiveWebhookFunction"
        return Outcome(name, Verdict.FAILED, f"the intake answered {answer.status_code}", to_do)
    event = _until(lambda: _found(event_id), EVENT_S)
    if event is None:
        to_do = "see 'kassa doctor' and the log group of BookEventFunction"
        return Outcome(name, Verdict.FAILED, f"{event_id} wasn't kept in {EVENT_S:.0f} s", to_do)
    if not event.is_ignored:
        return Outcome(name, Verdict.FAILED, f"{event_id} was booked", "open an issue")
    return Outcome(name, Verdict.PASSED, "taken, counted, not booked; it stays, as events do")


def _post(stack: Stack, account: str, event_id: str, secret: str) -> httpx.Response:
    at = int(clock.now().timestamp())
    event = {
        "id": event_id,
        "object": "event",
        "type": "kassa.smoke",
        "created": at,
        "livemode": False,
        "data": {"object": {"id": "smoke", "object": "smoke"}},
    }
    body = json.dumps(event).encode()
    proof = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"stripe-signature": f"t={at},v1={proof}"}
    url = stack.webhook_url(GATEWAY, account)
    return httpx.post(url, content=body, headers=headers, timeout=30)


def _refund(stack: Stack, account: str) -> Outcome:
    """Pay with a test card, ask Kassa for the refund, and wait until it is through."""
    name = f"one refund, {GATEWAY}/{account}"
    access = secrets.api_access(GATEWAY, account)
    if not access.api_key or access.mode != "test":
        seen = "it is live, or has no API key: only an account in test mode is paid and refunded"
        return Outcome(name, Verdict.UNKNOWN, seen)
    try:
        payment_id = _paid(access)
    except GatewayError as error:
        to_do = "look at the key's rights: docs/gateways/stripe.md"
        return Outcome(name, Verdict.FAILED, f"the test payment failed: {error}", to_do)
    subject = Subject(
        gateway=GATEWAY, account=account, kind=SubjectKind.PAYMENT, subject_id=payment_id
    )
    if _until(lambda: _captured(subject), PAYMENT_S) is None:
        to_do = "register the webhook URL in the account's test mode, with its signing secret"
        return Outcome(name, Verdict.FAILED, f"{payment_id} wasn't booked", to_do)
    with _key(stack) as call:
        return _refunded(name, account, payment_id, call)


def _refunded(
    name: str, account: str, payment_id: str, call: Callable[..., dict[str, Any]]
) -> Outcome:
    answer = call(
        "POST", "/refunds", {"account": account, "payment_id": payment_id, "reason": "other"}
    )
    request_id = answer.get("lifecycle", {}).get("refund_request_id")
    if not request_id:
        return Outcome(name, Verdict.FAILED, f"the API answered {answer}", "see the API's log")

    def ended() -> str | None:
        state = str(call("GET", f"/refunds/{request_id}").get("lifecycle", {}).get("state"))
        return state if state in (*ENDED, *LEFT_TO_PEOPLE) else None

    state = _until(ended, REFUND_S)
    if state in LEFT_TO_PEOPLE:
        seen = f"{request_id} is {state} by the policy: a person decides, as they do here"
        return Outcome(name, Verdict.UNKNOWN, f"{seen}; a policy that approves it would tell")
    verdict = ENDED.get(str(state), Verdict.FAILED)
    to_do = "" if verdict is Verdict.PASSED else f"kassa refunds show {request_id}"
    return Outcome(name, verdict, f"{request_id} is {state or 'on its way still'}", to_do)


def _paid(access: secrets.ApiAccess) -> str:
    """Pay with Stripe's test card; the payment stays in the account's test mode."""
    client = stripe_client.of(access)
    parameters: dict[str, Any] = {
        "amount": AMOUNT_MINOR,
        "currency": CURRENCY,
        "payment_method": "pm_card_visa",
        "payment_method_types": ["card"],
        "confirm": True,
        "metadata": {"order_id": f"smoke-{uuid.uuid4().hex[:12]}"},
    }
    made = stripe_client.called(lambda: client.v1.payment_intents.create(parameters))  # type: ignore[arg-type]
    return str((made or {})["id"])


@contextmanager
def _key(stack: Stack) -> Iterator[Callable[..., dict[str, Any]]]:
    """Give a call of the API with a key that is closed again at the end."""
    by, scopes = operator(stack), [Scope.REFUNDS_READ, Scope.REFUNDS_WRITE]
    spelled, key = create_key_for_system("kassa smoke", by, scopes)

    def call(method: str, path: str, body: Any = None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {spelled}"}
        url = f"{stack.base_url}{path}"
        answer = httpx.request(method, url, json=body, headers=headers, timeout=60)
        fields: dict[str, Any] = answer.json()
        return fields

    try:
        yield call
    finally:
        ApiKeys().revoke(key.key_id, clock.now(), by)


def _endpoint(stack: Stack, account: str) -> dict[str, Any]:
    stored = stack.client("secretsmanager").get_secret_value(
        SecretId=f"{stack.name}/webhooks/{GATEWAY}/{account}"
    )
    found: dict[str, Any] = json.loads(stored["SecretString"])
    return found


def _found(event_id: str) -> Any:
    try:
        return EventLists().find(event_id, clock.now().date())
    except EventNotFound:
        return None


def _captured(subject: Subject) -> bool | None:
    try:
        return EventLists().history(subject).state.captured_minor > 0 or None
    except PaymentNotFound:
        return None


def _until(look: Callable[[], Any], patience_s: float) -> Any:
    """Look until there is something, or patience ends."""
    end = time.monotonic() + patience_s
    while (found := look()) is None and time.monotonic() < end:
        time.sleep(PAUSE_S)
    return found
