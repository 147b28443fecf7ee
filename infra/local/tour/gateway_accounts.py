"""Account main of every gateway: its two secrets as the functions read them, and our webhook."""

import base64
import secrets
from dataclasses import dataclass, field, replace
from typing import Any

from infra.local import gateway
from infra.local.stored_secrets import put_secrets
from infra.local.tour.story import CLOSED
from infra.local.tour.terms import HABITS, TERMS
from infra.stack import Stack

SHOP, CLOSED_SHOP = "KassaECOM", "KassaClosedECOM"
LIVE = {"mode": "live"}


@dataclass(frozen=True)
class Setup:
    """What an operator would copy between a gateway's dashboard and Secrets Manager."""

    signing_secret: str
    both: dict[str, Any] = field(default_factory=dict)  # stands in both secrets
    api: dict[str, Any] = field(default_factory=dict)


def new_setups(klarna_url: str, btcpay_store: str) -> dict[str, Setup]:
    """Return a fresh setup of every gateway, its secrets drawn at random."""
    key = secrets.token_hex(24)
    klarna = f"kassa-key:{secrets.token_hex(24)}"
    shared = base64.b64encode(secrets.token_bytes(32)).decode()
    called_back = {"callback_secret": klarna, "webhook_url": klarna_url}
    return {
        "stripe": Setup(f"whsec_{secrets.token_hex(24)}", api={"api_key": gateway.API_KEY}),
        "paypal": Setup(secrets.token_hex(9).upper(), api={"api_id": "kassa", "api_key": key}),
        "klarna": Setup(klarna, LIVE, {"api_id": "K000000", "api_key": key} | called_back),
        "adyen": Setup(
            secrets.token_hex(32), LIVE | {"shop": SHOP}, {"api_key": key, "report_key": key}
        ),
        "btcpay": Setup(secrets.token_hex(24), LIVE, {"api_key": key, "shop": btcpay_store}),
        "standard": Setup(f"whsec_{shared}", LIVE, {"api_key": ""}),
    }


def open_all(stack: Stack) -> Stack:
    """Make every gateway's account known to the functions and to its fake; return the stack."""
    urls = {name: stack.webhook_url(name) for name in stack.gateway_urls}
    store = gateway.control(stack.gateway_urls["btcpay"], "switches")["store_id"]
    setups = new_setups(urls["klarna"], store)
    for name, setup in setups.items():
        at, secret = stack.gateway_urls[name], setup.signing_secret
        gateway.control(at, "switches", **TERMS[name].switches)
        gateway.control(at, "habits", **HABITS)
        told = gateway.control(at, "webhooks", url=urls[name], secret=secret)
        webhook = setup.both | {"signing_secrets": [secret]}
        if "authority" in told:  # a fake signs by an authority of its own
            webhook["authorities"] = [told["authority"]]
        put_secrets(stack, name, webhook, setup.both | setup.api)
    adyen = setups["adyen"]
    closed = adyen.both | adyen.api | {"shop": CLOSED_SHOP}
    signing = {"signing_secrets": [secrets.token_hex(32)]}  # that nobody signs by
    put_secrets(stack, "adyen", adyen.both | signing, closed, CLOSED)
    return replace(
        stack,
        webhooks=urls,
        secrets={name: setup.signing_secret for name, setup in setups.items()},
        api_keys={name: str(setup.api["api_key"]) for name, setup in setups.items()},
    )
