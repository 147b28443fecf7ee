"""Stripe's API: look-ups, balance transactions, refunds. The only module that imports `stripe`."""

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache, partial
from itertools import takewhile
from typing import Any

import stripe

from kassa.adapters.gateways.stripe_bodies import id_of
from kassa.adapters.gateways.stripe_refusals import reason
from kassa.adapters.secrets import ApiAccess
from kassa.domain.gateway_refunds import GatewayRefund, RefundAsk
from kassa.errors import GatewayRefused, GatewayUnavailable

PAGE = 100  # Stripe's largest page
TIMEOUT_S = 15  # three tries fit into a function's minute
_RETRIES = 2


@lru_cache(maxsize=8)  # a client keeps its connection; a rotated key drops out in time
def _client(access: ApiAccess) -> stripe.StripeClient:
    return stripe.StripeClient(
        access.api_key,
        base_addresses={"api": access.api_base} if access.api_base else {},
        http_client=stripe.new_default_http_client(timeout=TIMEOUT_S),
        max_network_retries=_RETRIES,
    )


def refund(access: ApiAccess, ask: RefundAsk) -> GatewayRefund:
    """Ask for a refund of a payment; asking again for the same refunds nothing more.

    Raises GatewayRefused with Stripe's reason where Stripe said no, GatewayUnavailable where the
    outcome is unknown: no answer, an error of Stripe's own, or a key that is being worked on.
    """
    asked: Any = _of_payment(ask.payment.subject_id) | {
        "amount": ask.amount.amount_minor,
        "metadata": {"refund_request_id": ask.asked},
    }
    options: Any = {"idempotency_key": ask.idempotency_key}
    made = _asked(lambda: _client(access).v1.refunds.create(asked, options))
    if made is None:
        raise GatewayRefused(reason("resource_missing", None, 404))
    return GatewayRefund(refund_id=made["id"])


def find_refund(access: ApiAccess, ask: RefundAsk) -> GatewayRefund | None:
    """Return the refund of a payment that carries an ask's name, if Stripe has one."""
    for made in _walk(
        _client(access).v1.refunds.list, _of_payment(ask.payment.subject_id) | {"limit": PAGE}
    ):
        if (made.get("metadata") or {}).get("refund_request_id") == ask.asked:
            return GatewayRefund(refund_id=made["id"])
    return None


def _of_payment(payment_id: str) -> dict[str, Any]:
    """Name a payment as refunds do; old ones are charges without a payment intent."""
    return {"payment_intent" if payment_id.startswith("pi_") else "charge": payment_id}


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
    else:
        found = _asked(lambda: client.v1.charges.retrieve(payment_id))
    if found is None:
        return []
    by: Any = _of_payment(payment_id) | {"limit": PAGE}
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
    listed = _walk(_client(access).v1.balance_transactions.list, asked)
    recent = takewhile(lambda one: one["created"] >= earliest, listed)
    for transaction in recent:
        yield _with_source(access, transaction)


def _walk(listed: Any, asked: Any) -> Iterator[dict[str, Any]]:
    has_more = True
    while has_more:
        page = _asked(partial(listed, asked)) or {"data": []}
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
    except (stripe.InvalidRequestError, stripe.CardError) as error:
        if error.http_status == 404:
            return None
        raise GatewayRefused(reason(error.code, error.param, error.http_status)) from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        raise GatewayRefused(reason(error.code, None, error.http_status)) from error
    except stripe.StripeError as error:
        raise GatewayUnavailable(f"stripe: {type(error).__name__}") from error
    return answer
