"""Adyen's proof over one item of a webhook: eight fields joined by colons, nothing escaped."""

import base64
import hmac
import json

from infra.fake_gateways.kit.answers import Body


def signature(item: Body, key: str) -> str:
    """Return the base64 HMAC of an item under a key written in hex."""
    amount = item["amount"]
    fields = (
        *(item["pspReference"], item["originalReference"], item["merchantAccountCode"]),
        *(item["merchantReference"], amount["value"], amount["currency"]),
        *(item["eventCode"], item["success"]),
    )
    text = ":".join(map(str, fields)).encode()
    return base64.b64encode(hmac.digest(bytes.fromhex(key), text, "sha256")).decode()


def webhook(items: list[Body], key: str, is_live: bool) -> bytes:
    """Write items as one webhook, each signed for itself."""
    signed = [
        item | {"additionalData": item["additionalData"] | {"hmacSignature": signature(item, key)}}
        for item in items
    ]
    wrapped = [{"NotificationRequestItem": item} for item in signed]
    live = "true" if is_live else "false"
    return json.dumps({"live": live, "notificationItems": wrapped}, ensure_ascii=False).encode()
