"""What verifying and reading one webhook costs at each gateway, against its bare signature check.

Each fake gateway tells of a payment; that very webhook is verified and read by the real code, and
its signature alone is checked by the fewest lines that can, in turns, so that whatever else the
machine does disturbs both alike. The median turn counts.
"""

import base64
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from statistics import median
from typing import Any
from zlib import crc32

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from bench.row import Row
from kassa.gateways import http, registry
from kassa.gateways.events import Delivery
from kassa.gateways.standard.mapping import store as mappings
from kassa.gateways.webhooks.request import WebhookRequest
from kassa.gateways.webhooks.secrets import WebhookEndpoint
from kassa.platform import aws
from kassa.platform.lean import aws as lean_aws
from tests.support.gateway_scenes.scene import Arrival, Scene
from tests.support.staff import OPERATOR

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CALLS, TURNS = 200, 9
Check = Callable[[], object]


class OneTable:
    """A table in memory, for PayPal's certificate and the mapping of Standard Webhooks."""

    def __init__(self) -> None:
        """Begin empty."""
        self._items: dict[str, Any] = {}

    def get_item(self, **request: Any) -> dict[str, Any]:
        """Find an item."""
        item = self._items.get(str(request["Key"]))
        return {"Item": item} if item else {}

    def put_item(self, **request: Any) -> None:
        """Keep an item."""
        item = request["Item"]
        self._items[str({"PK": item["PK"], "SK": item["SK"]})] = item

    def transact_write_items(self, **request: Any) -> None:
        """Keep several."""
        for one in request["TransactItems"]:
            self.put_item(**one["Put"])


def measure() -> list[Row]:
    """Measure every gateway that signs."""
    table = {"dynamodb": OneTable()}
    lean_aws.install(table)
    aws.install(table)
    try:
        return [row for gateway in registry.GATEWAYS for row in _rows(gateway)]
    finally:
        lean_aws.install({})
        aws.install({})
        http.install(None)


def _rows(gateway: str) -> list[Row]:
    module = import_module(f"tests.support.gateway_scenes.{gateway}")
    scene: Scene = module.SCENE(NOW.timestamp, 1)
    http.install(scene.transport)
    if gateway == "standard":
        mappings.save(gateway, "main", module.example_mapping(), OPERATOR)
    scene.pay("order-1", 100_00)
    if "dispute" in scene.can:
        scene.dispute("order-1", "lost")
    signed = [_plain(one) for one in scene.arrivals() if not one.query]
    arrival = max(signed, key=lambda one: len(one.body))
    ours, bare = _ours(scene, arrival), _bare(scene, arrival)
    assert ours()
    assert bare()
    turns = [(_seconds(ours), _seconds(bare)) for _ in range(TURNS)]
    ratio = median(mine / least for mine, least in turns)
    alone_us = min(mine for mine, _ in turns) * 1e6
    name = f"{gateway}: verify + read a webhook"
    return [
        Row(f"{name} / bare signature check", round(ratio, 1), "x", None, 1.0),
        Row(name, round(alone_us), "us", None, round(min(bare for _, bare in turns) * 1e6)),
    ]


def _plain(arrival: Arrival) -> Arrival:
    """Return a webhook with its headers by lower-case name, as the intake has them."""
    return replace(
        arrival, headers={name.lower(): value for name, value in arrival.headers.items()}
    )


def _ours(scene: Scene, arrival: Arrival) -> Check:
    secret = scene.secrets()[f"webhooks/{scene.gateway}/main"]
    endpoint = WebhookEndpoint(
        secret["merchant_id"],
        secret["mode"],
        tuple(secret["signing_secrets"]),
        None,
        tuple(secret.get("authorities") or ()),
        secret.get("shop"),
        bool(secret.get("captures_later")),
    )
    request = WebhookRequest(scene.gateway, "main", arrival.headers, arrival.body, arrival.query)
    scheme = registry.module(scene.gateway, "webhook").SCHEME
    reader = registry.module(scene.gateway, "events")

    def check() -> object:
        read = []
        for part in scheme.verify(request, endpoint, NOW):
            delivery = Delivery(
                gateway=scene.gateway,
                account="main",
                merchant_id="main",
                mode=secret["mode"],
                received_at=NOW,
                delivery_id=part.delivery_id,
            )
            read.append(reader.read(part.body, delivery))
        return read

    return check


def _bare(scene: Scene, arrival: Arrival) -> Check:
    """Return the fewest lines that check the signature, on inputs made ready beforehand."""
    secrets = scene.secrets()[f"webhooks/{scene.gateway}/main"]["signing_secrets"]
    checks = [_BARE[scene.gateway](secret, arrival) for secret in secrets if _is_shared(secret)]
    return next(check for check in checks if check())


def _is_shared(secret: str) -> bool:
    """Leave public keys out: the plain scheme is what is compared."""
    return not secret.startswith("whpk_")


def _hex_hmac(header: str, prefix: str = "") -> Callable[[str, Arrival], Check]:
    def of(secret: str, arrival: Arrival) -> Check:
        key, given = secret.rpartition(":")[2].encode(), arrival.headers[header]
        body = arrival.body
        return lambda: hmac.compare_digest(prefix + hmac.digest(key, body, "sha256").hex(), given)

    return of


def _stripe(secret: str, arrival: Arrival) -> Check:
    signature = dict(part.split("=", 1) for part in arrival.headers["stripe-signature"].split(","))
    message, given = f"{signature['t']}.".encode() + arrival.body, signature["v1"]
    key = secret.encode()
    return lambda: hmac.compare_digest(hmac.digest(key, message, "sha256").hex(), given)


def _standard(secret: str, arrival: Arrival) -> Check:
    headers = arrival.headers
    shared = next(one for one in headers["webhook-signature"].split() if one.startswith("v1,"))
    given = base64.b64decode(shared.removeprefix("v1,"))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    head = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode()
    message = head + arrival.body
    return lambda: hmac.compare_digest(hmac.digest(key, message, "sha256"), given)


def _adyen(secret: str, arrival: Arrival) -> Check:
    item = json.loads(arrival.body)["notificationItems"][0]["NotificationRequestItem"]
    given = base64.b64decode(item["additionalData"]["hmacSignature"])
    amount, key = item["amount"], bytes.fromhex(secret)
    fields = [item.get(name, "") for name in ("pspReference", "originalReference")]
    fields += [item["merchantAccountCode"], item["merchantReference"], amount["value"]]
    fields += [amount["currency"], item["eventCode"], item["success"]]
    message = ":".join(map(str, fields)).encode()
    return lambda: hmac.compare_digest(hmac.digest(key, message, "sha256"), given)


def _paypal(webhook_id: str, arrival: Arrival) -> Check:
    from cryptography import x509

    headers, body = arrival.headers, arrival.body
    answer = http.send(http.HttpRequest("GET", headers["paypal-cert-url"]))
    key: Any = x509.load_pem_x509_certificates(answer.body)[0].public_key()
    given = base64.b64decode(headers["paypal-transmission-sig"])
    head = "|".join((headers["paypal-transmission-id"], headers["paypal-transmission-time"]))

    def check() -> bool:
        message = f"{head}|{webhook_id}|{crc32(body)}".encode()
        key.verify(given, message, PKCS1v15(), SHA256())
        return True

    return check


_BARE: dict[str, Callable[[str, Arrival], Check]] = {
    "stripe": _stripe,
    "paypal": _paypal,
    "klarna": _hex_hmac("klarna-signature"),
    "adyen": _adyen,
    "btcpay": _hex_hmac("btcpay-sig", "sha256="),
    "standard": _standard,
}


def _seconds(check: Check) -> float:
    """Return the CPU seconds of one call."""
    before = time.process_time()
    for _ in range(CALLS):
        check()
    return (time.process_time() - before) / CALLS
