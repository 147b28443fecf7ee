"""Webhooks signed by Adyen's own library, of every code that Adyen documents: verify, read, book.

No payloads by others are stored for Adyen, so the vectors are made here, with awkward words in
every field, and the official library is the referee of each verdict.
"""

import json
import random
from datetime import UTC, datetime
from typing import Any

import pytest
from Adyen.util import generate_notification_sig, is_valid_hmac_notification

from kassa.core.errors import InvalidSignature
from kassa.gateways.adyen.events import read
from kassa.gateways.events import Delivery, GatewayEvent, Ignored
from kassa.gateways.webhooks.parts import signature_scheme
from kassa.gateways.webhooks.request import WebhookRequest
from kassa.gateways.webhooks.secrets import WebhookEndpoint
from kassa.ledger.booking import book
from kassa.ledger.state import SubjectState
from tests.support.builders import CONTEXT

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEY = "44782DEF" * 8
ENDPOINT = WebhookEndpoint("shop", "live", (KEY,), None)
BOOKED = (
    *("AUTHORISATION", "CANCELLATION", "CANCEL_OR_REFUND", "CAPTURE", "CAPTURE_FAILED"),
    *("CHARGEBACK", "CHARGEBACK_REVERSED", "DISPUTE_DEFENSE_PERIOD_ENDED", "EXPIRE"),
    *("ISSUER_RESPONSE_TIMEFRAME_EXPIRED", "NOTIFICATION_OF_CHARGEBACK", "PENDING"),
    *("PREARBITRATION_LOST", "PREARBITRATION_OPEN", "PREARBITRATION_WON", "REFUND"),
    *("REFUNDED_REVERSED", "REFUND_FAILED", "REQUEST_FOR_INFORMATION", "SECOND_CHARGEBACK"),
    *("SCHEME_ARBITRATION_LOST", "SCHEME_ARBITRATION_WON", "TECHNICAL_CANCEL"),
)
IGNORED = (
    *("AUTHENTICATION", "AUTHORISATION_ADJUSTMENT", "AUTORESCUE", "CANCEL_AUTORESCUE"),
    *("DONATION", "HANDLED_EXTERNALLY", "INFORMATION_SUPPLIED", "ISSUER_COMMENTS"),
    *("MANUAL_REVIEW_ACCEPT", "MANUAL_REVIEW_REJECT", "NOTIFICATION_OF_FRAUD", "OFFER_CLOSED"),
    *("ORDER_CLOSED", "ORDER_OPENED", "PAIDOUT_REVERSED", "PAYOUT_DECLINE", "PAYOUT_EXPIRE"),
    *("PAYOUT_THIRDPARTY", "POSTPONED_REFUND", "RECURRING_CONTRACT", "REFUND_WITH_DATA"),
    *("REPORT_AVAILABLE", "VOID_PENDING_REFUND"),
)
REFERENCES = ("order-1", "a/b\\c", "tilaus:ä", "注文 1", "x" * 80, "", "it's 100%", '"quoted"')
CURRENCIES = ("EUR", "JPY", "KWD", "USD")


def vector(code: str, seed: int) -> dict[str, Any]:
    """Make one item of a code, and let the official library sign it."""
    source = random.Random(f"{code}{seed}")
    has_original = source.random() < 0.7 and code != "AUTHORISATION"
    amount = {"value": source.randrange(1, 10**9), "currency": source.choice(CURRENCIES)}
    item: dict[str, Any] = {
        "amount": amount,
        "eventCode": code,
        "eventDate": "2026-11-22T12:59:00+01:00",
        "merchantAccountCode": "ShopECOM",
        "merchantReference": source.choice(REFERENCES),
        "originalReference": f"{source.getrandbits(64):016X}" if has_original else "",
        "paymentMethod": source.choice(["visa", "mc", "ideal", "klarna_paynow"]),
        "pspReference": f"{source.getrandbits(64):016X}",
        "reason": source.choice(["", "034051:1111:03/2030", "Refused"]),
        "success": "true",
    }
    signature = generate_notification_sig(item, KEY).decode()
    return item | {"additionalData": {"hmacSignature": signature}}


def webhook(*items: dict[str, Any]) -> bytes:
    wrapped = [{"NotificationRequestItem": item} for item in items]
    return json.dumps({"live": "true", "notificationItems": wrapped}).encode()


def events_in(body: bytes) -> list[GatewayEvent | Ignored]:
    """Verify and read, as the door and the reader do."""
    request = WebhookRequest("adyen", "main", {}, body)
    parts = signature_scheme("adyen").verify(request, ENDPOINT, NOW)
    delivery = Delivery(
        gateway="adyen", account="main", merchant_id="shop", mode="live", received_at=NOW
    )
    return [read(part.body, delivery) for part in parts]  # type: ignore[misc]


@pytest.mark.parametrize("code", BOOKED)
def test_what_adyen_signs_of_a_payment_is_booked(code: str) -> None:
    for seed in range(20):
        item = vector(code, seed)
        (event,) = events_in(webhook(item))
        assert isinstance(event, GatewayEvent)
        assert event.subject.subject_id == (item["originalReference"] or item["pspReference"])
        state, _ = book(SubjectState(), event, CONTEXT)
        again, facts = book(state, event, CONTEXT)
        assert (again, facts) == (state, ())


@pytest.mark.parametrize("code", IGNORED)
def test_what_kassa_does_not_act_on_is_acknowledged(code: str) -> None:
    (event,) = events_in(webhook(vector(code, 1)))
    assert isinstance(event, Ignored)


@pytest.mark.parametrize("code", BOOKED[::4])
def test_every_byte_changed_in_a_signed_field_is_refused_as_by_adyens_library(code: str) -> None:
    item = vector(code, 3)
    names = ("pspReference", "originalReference", "merchantAccountCode", "merchantReference")
    for name in (*names, "eventCode", "success"):
        for at in range(len(item[name])):
            changed = item[name][:at] + chr(ord(item[name][at]) ^ 1) + item[name][at + 1 :]
            body = webhook(item | {name: changed})
            assert not is_valid_hmac_notification(json.loads(body), KEY)
            with pytest.raises(InvalidSignature):
                events_in(body)


def test_a_webhook_of_all_codes_is_read_item_by_item_and_refused_if_one_is_forged() -> None:
    items = [vector(code, 5) for code in (*BOOKED, *IGNORED)]
    assert len(events_in(webhook(*items))) == len(items)
    for at in range(1, len(items)):
        forged = [*items]
        forged[at] = forged[at] | {"amount": {"value": 1, "currency": "EUR"}}
        body = webhook(*forged)
        assert is_valid_hmac_notification(json.loads(body), KEY)  # it looks at the first alone
        with pytest.raises(InvalidSignature):
            events_in(body)
