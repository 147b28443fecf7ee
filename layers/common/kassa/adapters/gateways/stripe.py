"""Stripe's API: look-ups and balance transactions. The only module that imports `stripe`."""

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache, partial
from itertools import takewhile
from typing import Any

import stripe

from kassa.adapters.gateways.stripe_bodies import id_of
from kassa.adapters.secrets import ApiAccess
from kassa.errors import GatewayRefused, GatewayUnavailable

PAGE = 100  # Stripe's largest page


@lru_cache(maxsize=8)  # a client keeps its connection; a rotated key drops out in time
def _client(access: ApiAccess) -> stripe.StripeClient:
    addresses: Any = {"api": access.api_base} if access.api_base else {}
    return stripe.StripeClient(access.api_key, base_addresses=addresses, max_network_retries=2)


def payment_of_charge(access: ApiAccess, charge_id: str) -> str:
    """Return the payment intent of a charge; the charge's own id where it has none."""
    charge = _asked(lambda: _client(access).v1.charges.retrieve(charge_id))
    return id_of((charge or {}).get("payment_intent")) or charge_id


def look_up(access: ApiAccess, payment_id: str) -> list[dict[str, Any]]:
    """Return how a payment stands now: the payment intent or charge, and its refunds."""
    client = _client(access)
    if payment_id.startswith("pi_"):
        found = _asked(
            lambda: client.v1.payment_intents.retrieve(payment_id, {"expand": ["latest_charge"]})
        )
        by: Any = {"payment_intent": payment_id, "limit": PAGE}
    else:
        found = _asked(lambda: client.v1.charges.retrieve(payment_id))
        by = {"charge": payment_id, "limit": PAGE}
    if found is None:
        return []
    refunds = _asked(lambda: client.v1.refunds.list(by)) or {}
    return [found, *refunds.get("data", [])]


def balance_transactions(
    access: ApiAccess, since: datetime, before: datetime | None
) -> Iterator[dict[str, Any]]:
    """Walk the balance transactions since an instant, each with its source.

    Stripe lists the newest first, so the walk ends at the first older one; `before` is given
    only where a backlog is read window by window.
    """
    earliest = int(since.timestamp())
    asked: dict[str, Any] = {"limit": PAGE, "expand": ["data.source"]}
    if before:
        asked["created"] = {"gte": earliest, "lt": int(before.timestamp())}
    recent = takewhile(lambda one: one["created"] >= earliest, _walk_balance(access, asked))
    for transaction in recent:
        yield _with_source(access, transaction)


def _walk_balance(access: ApiAccess, asked: Any) -> Iterator[dict[str, Any]]:
    client, has_more = _client(access), True
    while has_more:
        page = _asked(partial(client.v1.balance_transactions.list, asked)) or {"data": []}
        yield from page["data"]
        has_more = bool(page.get("has_more") and page["data"])
        if has_more:
            asked = asked | {"starting_after": page["data"][-1]["id"]}


def _with_source(access: ApiAccess, transaction: dict[str, Any]) -> dict[str, Any]:
    """Give a balance transaction its source where the list left it unexpanded."""
    source = transaction.get("source")
    if isinstance(source, str):
        transaction["source"] = source_of(access, source) or source
    return transaction


def source_of(access: ApiAccess, source_id: str) -> dict[str, Any] | None:
    """Read what a balance transaction is about, where it came unexpanded."""
    client = _client(access)
    match source_id.partition("_")[0]:
        case "ch" | "py":
            return _asked(lambda: client.v1.charges.retrieve(source_id))
        case "re" | "pyr":
            return _asked(lambda: client.v1.refunds.retrieve(source_id))
        case "dp" | "du":
            return _asked(lambda: client.v1.disputes.retrieve(source_id))
        case "po":
            return _asked(lambda: client.v1.payouts.retrieve(source_id))
        case _:
            return None


def _asked(call: Any) -> dict[str, Any] | None:
    """Call Stripe; nothing for what it doesn't have, and its errors become ours."""
    try:
        answer: dict[str, Any] = call().to_dict()
    except stripe.InvalidRequestError as error:
        if error.http_status == 404:
            return None
        raise GatewayRefused(f"stripe: {error.code or error.http_status}") from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        raise GatewayRefused(f"stripe: {error.code or error.http_status}") from error
    except stripe.StripeError as error:
        raise GatewayUnavailable(f"stripe: {type(error).__name__}") from error
    return answer
