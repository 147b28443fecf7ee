"""The accounts at the gateways: their secrets as the functions read them, our webhooks there."""

import secrets
from dataclasses import replace

from infra.local import gateway
from infra.local.place import STRIPE, Place, Player
from infra.local.stored_secrets import put_secrets
from infra.local.tour import gateway_accounts
from infra.stack import Stack

GATEWAY = STRIPE


def open_accounts(stack: Stack, place: Place) -> Stack:
    """Make account main of every gateway that is played known here and there."""
    if place.gateway is Player.ALL:
        return gateway_accounts.open_all(stack)
    return open_stripe(stack, place)


def open_stripe(stack: Stack, place: Place) -> Stack:
    """Make stripe/main known to the functions and to the gateway; return the stack with it."""
    secret = f"whsec_{secrets.token_hex(24)}"
    put_secrets(stack, GATEWAY, {"signing_secrets": [secret]}, {"api_key": gateway.API_KEY})
    gateway_url, url = stack.gateway_urls[GATEWAY], stack.webhook_url(GATEWAY)
    if place.gateway is Player.LOCALSTRIPE:
        gateway.register_at_localstripe(gateway_url, url, secret)
    else:
        gateway.control(gateway_url, "webhooks", url=url, secret=secret)
    return replace(
        stack,
        webhooks={GATEWAY: url},
        secrets={GATEWAY: secret},
        api_keys={GATEWAY: gateway.API_KEY},
    )
