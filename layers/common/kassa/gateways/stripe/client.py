"""Stripe's official client: how it is opened, called and walked. Alone imports `stripe`."""

import logging
from collections.abc import Iterator
from functools import lru_cache, partial
from typing import Any

import stripe

from kassa.gateways.declines import DeclineScope
from kassa.gateways.http import silent
from kassa.gateways.stripe.declines import refused
from kassa.platform.secrets import ApiAccess

stripe.enable_telemetry = False  # it would write an id into HOME, and tell Stripe how long we took

logging.getLogger("stripe").setLevel(logging.WARNING)  # below it quotes what Stripe answered

PAGE = 100  # Stripe's largest page
TIMEOUT_S = 15  # three tries fit into a function's minute
_RETRIES = 2


@lru_cache(maxsize=8)  # a client keeps its connection; a rotated key drops out in time
def of(access: ApiAccess) -> stripe.StripeClient:
    """Return the client of an account."""
    return stripe.StripeClient(
        access.api_key,
        base_addresses=_addresses(access),
        http_client=stripe.new_default_http_client(timeout=TIMEOUT_S),
        max_network_retries=_RETRIES,
    )


def _addresses(access: ApiAccess) -> Any:
    """Return where a fake is; Stripe's own files have an address of their own."""
    return dict.fromkeys(("api", "files"), access.api_base) if access.api_base else {}


def called(call: Any, of: DeclineScope = DeclineScope.ANYTHING) -> dict[str, Any] | None:
    """Call Stripe; nothing for what it doesn't have, and its errors become ours.

    What is requested says which of two meanings a code has. Stripe's own errors go no further:
    their texts quote the request, a key among it.
    """
    try:
        answer: dict[str, Any] = call().to_dict()
    except (stripe.InvalidRequestError, stripe.CardError) as error:
        if error.http_status == 404:
            return None
        raise refused(of, error.code, error.param, error.http_status) from None
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        raise refused(of, error.code, None, error.http_status) from None
    except stripe.StripeError as error:
        asked = (error.headers or {}).get("retry-after")
        raise silent(f"stripe: {type(error).__name__}", asked) from None
    return answer


def walk(listed: Any, params: Any) -> Iterator[dict[str, Any]]:
    """Walk a list of Stripe's, page by page, the newest first."""
    has_more = True
    while has_more:
        page = called(partial(listed, params)) or {"data": []}
        yield from page["data"]
        has_more = bool(page.get("has_more") and page["data"])
        if has_more:
            params = params | {"starting_after": page["data"][-1]["id"]}
