"""What `kassa trigger` can let happen at a gateway that is played beside the embedded stack.

The fake gateway does it, signs what it sends and answers when Kassa reads it back; so an event is
never only a shape that looks right. What an act needs and nobody named is made first: a refund
needs a payment, so one is sold.
"""

import json
import secrets
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from kassa.core.errors import InvalidRequest
from kassa.core.money import CURRENCIES

TIMEOUT_S = 20.0
AMOUNT_MINOR, CURRENCY = 50_00, "EUR"
AMOUNT_MAX = 10**12


class Act(NamedTuple):
    """One thing that can happen: the fake's act, what it is of, and what it takes besides."""

    name: str
    of: str | None = None  # payment_id, refund_id or dispute_id
    takes: tuple[str, ...] = ()
    always: Mapping[str, Any] = {}
    first: str | None = None  # another act of the fake's on the same object, that comes before


_MONEY = ("order_id", "amount_minor", "currency")
_SELL = Act("sell", None, _MONEY)
_REFUND = Act("refund_in_dashboard", "payment_id", ("amount_minor",))
_DISPUTE = Act("open_dispute", "payment_id", ("amount_minor",))
_FAILED = Act("fail_refund", "refund_id")
_PAYOUT = Act("pay_out_all")
_CLOSED = {
    f"dispute.{outcome}": Act("close_dispute", "dispute_id", (), {"outcome": outcome})
    for outcome in ("won", "lost")
}
_DISPUTES = {"dispute": _DISPUTE, **_CLOSED}
ACTS: Mapping[str, Mapping[str, Act]] = {
    "paypal": {
        "payment": _SELL,
        "refund": _REFUND,
        "refund.failed": _FAILED,
        **_DISPUTES,
        "reversal": Act("reverse_capture", "payment_id", ("amount_minor",)),
        "payout": _PAYOUT,
    },
    "klarna": {
        "payment": _SELL,
        "payment.declined": Act("sell", None, _MONEY, {"outcome": "declined"}),
        "refund": _REFUND,
        **_DISPUTES,
        "reversal": Act("reverse", "payment_id", ("amount_minor",)),
        "payout": _PAYOUT,
    },
    "adyen": {
        "payment": _SELL,
        "payment.declined": Act("sell", None, _MONEY, {"is_declined": True}),
        "capture.failed": Act("fail_capture", "payment_id"),
        "refund": _REFUND,
        "refund.failed": _FAILED._replace(first="decide_refund"),
        **_DISPUTES,
        "payout": _PAYOUT,
    },
    "btcpay": {
        "payment": _SELL,
        "refund": _REFUND,
    },
    "standard": {
        "payment": _SELL,
        "payment.declined": Act("decline", None, _MONEY),
        "debit.returned": Act("return_debit", "payment_id"),
        "refund": _REFUND,
        "refund.failed": _FAILED,
        **_DISPUTES,
        "reversal": Act("reverse", "payment_id", ("amount_minor",)),
        "payout": _PAYOUT,
    },
}
_MADE_BY = {
    "payment_id": "payment",
    "refund_id": "refund",
    "dispute_id": "dispute",
}


def values(gateway: str, event: str, sets: list[str]) -> dict[str, Any]:
    """Return what was set for an act, checked; raise InvalidRequest for what it doesn't take."""
    known = takes(gateway, event)
    fields: dict[str, Any] = {}
    for setting in sets:
        name, equals, value = setting.partition("=")
        if not equals or not name:
            raise InvalidRequest(f"--set {setting}: write name=value, as in --set amount_minor=500")
        name = "amount_minor" if name == "amount" else name
        if name not in known:
            every = ", ".join(known) or "nothing"
            raise InvalidRequest(f"--set {name}: {event} at {gateway} takes {every}")
        fields[name] = amount_minor(name, value) if name == "amount_minor" else value
    if "currency" in fields:
        fields["currency"] = currency(fields["currency"])
    return fields


def takes(gateway: str, event: str) -> list[str]:
    """Return what may be set for an act, and for what would be made before it."""
    chain = _chain(gateway, ACTS[gateway][event])
    named = [one.of for one in chain if one.of] + [name for one in chain for name in one.takes]
    return list(dict.fromkeys(named))


def amount_minor(name: str, value: object) -> int:
    """Return an amount in minor units; raise InvalidRequest for what no payment has."""
    spelled = str(value)
    if not spelled.isascii() or not spelled.isdecimal() or not 0 < int(spelled) <= AMOUNT_MAX:
        why = "isn't a whole number of minor units above zero, as in 5000 for 50.00 EUR"
        raise InvalidRequest(f"--set {name}={spelled}: it {why}")
    return int(spelled)


def currency(value: object) -> str:
    """Return a currency that customers pay in; raise InvalidRequest for any other."""
    if str(value).upper() not in CURRENCIES:
        raise InvalidRequest(f"--set currency={value}: it is no currency of ISO 4217 to pay in")
    return str(value).upper()


def play(url: str, gateway: str, event: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Let it happen, and what it needs before; return what the fake answered it made."""
    act, made = ACTS[gateway][event], dict(fields)
    if act.of is not None and act.of not in made:
        before = play(url, gateway, _MADE_BY[act.of], fields)
        made |= before
    drawn = {"order_id": f"trigger-{secrets.token_hex(4)}", "currency": CURRENCY}
    filled = drawn | {"amount_minor": AMOUNT_MINOR} | made
    named = {name: filled[name] for name in (*([act.of] if act.of else []), *act.takes)}
    if act.first is not None:
        with suppress(InvalidRequest):  # it may have come by itself meanwhile
            _posted(f"{url}/_fake/{act.first}", {str(act.of): named[str(act.of)]})
    result = _posted(f"{url}/_fake/{act.name}", named | dict(act.always))
    kept = {name: made[name] for name in ("payment_id", "refund_id", "dispute_id") if name in made}
    order = {"order_id": named["order_id"]} if "order_id" in named else {}
    new = {name: value for name, value in result.items() if name.endswith("_id") and value}
    return kept | order | new


def _chain(gateway: str, act: Act) -> list[Act]:
    """Return an act and what would be made for it first."""
    if act.of is None:
        return [act]
    return [*_chain(gateway, ACTS[gateway][_MADE_BY[act.of]]), act]


def _posted(url: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(fields).encode(), headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            result = json.loads(answer.read()).get("result")
    except urllib.error.HTTPError as error:
        with error:
            raise InvalidRequest(f"the gateway refused: {_reason(error.read())}") from None
    except OSError as error:
        raise InvalidRequest(f"{url} doesn't answer ({error}): is 'kassa up' running?") from None
    return result if isinstance(result, dict) else {}


def _reason(body: bytes) -> str:
    """Return why a fake refused, as it says it, in one line."""
    try:
        content = json.loads(body)
    except ValueError:
        return "it didn't say why"
    reason = content.get("error", content) if isinstance(content, dict) else content
    reason = reason.get("message", reason) if isinstance(reason, dict) else reason
    return " ".join(str(reason).split())[:200]
