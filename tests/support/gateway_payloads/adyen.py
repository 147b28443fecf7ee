"""Small builders of what Adyen sends."""

import base64
import hmac
import json
from datetime import UTC, datetime
from typing import Any

from kassa.gateways.adyen.events import read
from kassa.gateways.events import Delivery, GatewayEvent
from tests.support.gateway_scenes.adyen import KEY, SHOP
from tests.support.gateway_scenes.scene import Arrival

NOW = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)
PAYMENT = "PSP1"


def delivery(origin: str = "webhook", **more: Any) -> Delivery:
    fields: dict[str, Any] = {"gateway": "adyen", "account": "main", "merchant_id": "shop"}
    fields |= {"mode": "live", "received_at": NOW, "origin": origin}
    return Delivery.model_validate(fields | more)


def item(code: str, value: int = 100_00, **fields: Any) -> dict[str, Any]:
    is_own = code in ("AUTHORISATION", "EXPIRE")
    return {
        "pspReference": PAYMENT if is_own else f"{code[:3]}1",
        "originalReference": "" if is_own else PAYMENT,
        "merchantAccountCode": "ShopECOM",
        "merchantReference": "order-1",
        "amount": {"value": value, "currency": "EUR"},
        "eventCode": code,
        "success": "true",
    } | fields


def refund(code: str, value: int = 30_00, **fields: Any) -> dict[str, Any]:
    return item(code, value, **({"pspReference": "REF1"} | fields))


def webhook(item: dict[str, Any], **fields: Any) -> bytes:
    wrapped = {"live": "true", "notificationItems": [{"NotificationRequestItem": item}]}
    return json.dumps(wrapped | fields).encode()


def event(item: dict[str, Any], **fields: Any) -> GatewayEvent:
    found = read(webhook(item, **fields), delivery())
    assert isinstance(found, GatewayEvent)
    return found


COLUMNS = [
    "Merchant Account",
    "Psp Reference",
    "Merchant Reference",
    "Payment Method",
    "Creation Date",
    "TimeZone",
    "Type",
    "Modification Reference",
    "Gross Currency",
    "Gross Debit (GC)",
    "Gross Credit (GC)",
    "Net Currency",
    "Net Debit (NC)",
    "Net Credit (NC)",
    "Commission (NC)",
    "Markup (NC)",
    "Scheme Fees (NC)",
    "Interchange (NC)",
    "Batch Number",
]
NAMES = ("pspReference", "originalReference", "merchantAccountCode", "merchantReference")
PLAIN: dict[str, Any] = {
    "pspReference": "QFQTPCQ8HXSKGK82",
    "originalReference": "9913140798220028",
    "merchantAccountCode": SHOP,
    "merchantReference": "order-1",
    "amount": {"value": 100_00, "currency": "EUR"},
    "eventCode": "AUTHORISATION",
    "success": "true",
}


def arrival(item: dict[str, Any], key: str = KEY, live: str = "true") -> Arrival:
    """Sign an item as Adyen does: what is missing or null is empty."""
    amount = item.get("amount") or {}
    fields = [item.get(name) for name in NAMES]
    fields += [amount.get("value"), amount.get("currency")]
    fields += [item.get("eventCode"), item.get("success")]
    text = ":".join("" if field is None else str(field) for field in fields).encode()
    proof = base64.b64encode(hmac.digest(bytes.fromhex(key), text, "sha256")).decode()
    signed = item | {"additionalData": {"hmacSignature": proof}}
    wrapped = [{"NotificationRequestItem": signed}]
    return Arrival(json.dumps({"live": live, "notificationItems": wrapped}).encode())


Body = dict[str, Any]
PAID = 100_00


def reported_item(code: str, minor: int = PAID, **fields: Any) -> Body:
    amount = {"value": minor, "currency": "EUR"}
    return PLAIN | {"eventCode": code, "pspReference": code[:12], "amount": amount} | fields


AUTHORISED = reported_item(
    "AUTHORISATION", pspReference=PLAIN["originalReference"], originalReference=""
)
