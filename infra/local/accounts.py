"""The accounts at the gateways: their secrets as the functions read them, our webhooks there."""

import base64
import json
import secrets
from dataclasses import dataclass, field, replace
from typing import Any

from infra.local import gateway
from infra.local.place import STRIPE, Place, Player
from infra.stack import Stack
from kassa.gateways.paypal.certificates.store import Certificates
from kassa.platform.lean import aws as lean_aws

SHOP, CLOSED_SHOP = "KassaECOM", "KassaClosedECOM"
CLOSED = "closed"  # an account of Adyen's whose key the gateway no longer takes
LIVE = {"mode": "live"}


@dataclass(frozen=True)
class Setup:
    """What an operator would copy between a gateway's dashboard and Secrets Manager."""

    signing_secret: str
    both: dict[str, Any] = field(default_factory=dict)  # stands in both secrets
    api: dict[str, Any] = field(default_factory=dict)


def open_accounts(stack: Stack, place: Place) -> Stack:
    """Make account main of every gateway that is played known here and there."""
    urls = {name: stack.webhook_url(name) for name in stack.gateway_urls}
    setups = new_setups(stack.webhook_url("klarna"), _btcpay_store(stack))
    setups = {name: setups[name] for name in urls}
    for name, setup in setups.items():
        authorities = _register(stack, place, name, setup.signing_secret)
        webhook = setup.both | {"signing_secrets": [setup.signing_secret]} | authorities
        put_secrets(stack, name, webhook, setup.both | setup.api)
    if "paypal" in setups:
        keep_certificate(stack)
    if "adyen" in setups:
        _open_closed(stack, setups["adyen"])
    return replace(
        stack,
        webhooks=urls,
        secrets={name: setup.signing_secret for name, setup in setups.items()},
        api_keys={name: str(setup.api["api_key"]) for name, setup in setups.items()},
    )


def new_setups(klarna_url: str, btcpay_store: str) -> dict[str, Setup]:
    """Return a fresh setup of every gateway, its secrets drawn at random."""
    key = secrets.token_hex(24)
    klarna = f"kassa-key:{secrets.token_hex(24)}"
    shared = base64.b64encode(secrets.token_bytes(32)).decode()
    called_back = {"callback_secret": klarna, "webhook_url": klarna_url}
    return {
        STRIPE: Setup(f"whsec_{secrets.token_hex(24)}", api={"api_key": gateway.API_KEY}),
        "paypal": Setup(secrets.token_hex(9).upper(), api={"api_id": "kassa", "api_key": key}),
        "klarna": Setup(klarna, LIVE, {"api_id": "K000000", "api_key": key} | called_back),
        "adyen": Setup(
            secrets.token_hex(32), LIVE | {"shop": SHOP}, {"api_key": key, "report_key": key}
        ),
        "btcpay": Setup(secrets.token_hex(24), LIVE, {"api_key": key, "shop": btcpay_store}),
        "standard": Setup(f"whsec_{shared}", LIVE, {"api_key": ""}),
    }


def _btcpay_store(stack: Stack) -> str:
    """Return the store that the fake BTCPay keeps, where it is played."""
    url = stack.gateway_urls.get("btcpay")
    return str(gateway.control(url, "switches")["store_id"]) if url else ""


def _register(stack: Stack, place: Place, name: str, secret: str) -> dict[str, Any]:
    """Tell a gateway where its events go; return who vouches for its signatures, if one says so."""
    at, url = stack.gateway_urls[name], stack.webhook_url(name)
    if place.gateway is Player.LOCALSTRIPE:
        gateway.register_at_localstripe(at, url, secret)
        return {}
    answer = gateway.control(at, "webhooks", url=url, secret=secret)
    return {"authorities": [answer["authority"]]} if "authority" in answer else {}


def _open_closed(stack: Stack, adyen: Setup) -> None:
    """Open an account at Adyen that is refused, so that an order goes on to another gateway."""
    closed = adyen.both | adyen.api | {"shop": CLOSED_SHOP}
    signing = {"signing_secrets": [secrets.token_hex(32)]}  # that nobody signs by
    put_secrets(stack, "adyen", adyen.both | signing, closed, CLOSED)


def keep_certificate(stack: Stack) -> None:
    """Keep the fake PayPal's certificate with the fetched ones: PayPal's own host isn't here."""
    answer = gateway.control(stack.gateway_urls["paypal"], "certificate")
    lean_aws.install({"dynamodb": stack.client("dynamodb")})
    try:
        Certificates(stack.table).keep(answer["url"], answer["pem"])
    finally:
        lean_aws.install({})


def put_secrets(
    stack: Stack, name: str, webhook: dict[str, Any], api: dict[str, Any], account: str = "main"
) -> None:
    """Store how a gateway's webhooks are proven, and how its API is called, for one account."""
    client = stack.client("secretsmanager")
    known = {"merchant_id": "main", "mode": "test"}
    proven = known | {"opened_at": None} | webhook
    put_secret(client, f"{stack.name}/webhooks/{name}/{account}", proven)
    access = known | {"api_base": stack.gateway_urls[name]} | api
    put_secret(client, f"{stack.name}/api/{name}/{account}", access)


def put_secret(client: Any, name: str, value: dict[str, Any]) -> None:
    """Store a secret's newest version; what the template hasn't made is made, as by an operator."""
    try:
        client.put_secret_value(SecretId=name, SecretString=json.dumps(value))
    except client.exceptions.ResourceNotFoundException:
        client.create_secret(Name=name, SecretString=json.dumps(value))
