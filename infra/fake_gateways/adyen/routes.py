"""Which method and path is which act of Adyen's Checkout API."""

from collections.abc import Callable

from infra.fake_gateways.adyen import disputes, links, payments
from infra.fake_gateways.adyen.account import Account
from infra.fake_gateways.adyen.errors import Refusal, not_found
from infra.fake_gateways.kit.answers import Body

Act = Callable[[Account, str, Body], tuple[int, Body]]
VERSIONS = {f"v{number}" for number in range(66, 73)}


DISPUTES = "/ca/services/DisputeService/v30/"
SERVICE: dict[str, Callable[[Account, Body], Body]] = {
    "retrieveApplicableDefenseReasons": disputes.reasons,
    "supplyDefenseDocument": disputes.supply,
    "defendDispute": disputes.defend,
    "acceptDispute": disputes.accept,
}


def route_of(method: str, path: str) -> tuple[Act, str]:
    """Return what a request is for, and the id its path names."""
    parts = path.strip("/").split("/")
    if parts[0] == "checkout":  # the live address has this before its version
        parts = parts[1:]
    version, *rest = parts
    object_id = rest[1] if len(rest) > 1 else ""
    pattern = (method, *rest[:1], *(["*"] if object_id else []), *rest[2:])
    act = _ACTS.get(pattern)
    if version not in VERSIONS or act is None:
        raise not_found()
    return act, object_id


def _open(account: Account, _: str, params: Body) -> tuple[int, Body]:
    return 201, dict(links.create(account, params))


def _read(account: Account, link_id: str, _: Body) -> tuple[int, Body]:
    return 200, dict(links.find(account, link_id))


def _expire(account: Account, link_id: str, params: Body) -> tuple[int, Body]:
    return 200, dict(links.expire(account, link_id, params))


def _refund(account: Account, psp_reference: str, params: Body) -> tuple[int, Body]:
    payment = account.payment(psp_reference)
    value = _checked(payment, params)["value"]
    own = payments.refund(account, payment, value, params.get("reference") or "")
    return 201, _received(account, psp_reference, own, params)


def _capture(account: Account, psp_reference: str, params: Body) -> tuple[int, Body]:
    payment = account.payment(psp_reference)
    own = payments.capture(account, payment, _checked(payment, params)["value"])
    return 201, _received(account, psp_reference, own, params)


def _cancel(account: Account, psp_reference: str, params: Body) -> tuple[int, Body]:
    own = payments.cancel(account, account.payment(psp_reference))
    return 201, _received(account, psp_reference, own, params)


def _checked(payment: Body, params: Body) -> Body:
    amount = links.checked_amount(params.get("amount"))
    if amount["currency"] != payment["currency"]:
        raise Refusal(422, "139", "Currency of the modification differs from the payment's")
    return amount


def _received(account: Account, psp_reference: str, own: str, params: Body) -> Body:
    """Answer a modification: it was received, and a webhook will say what came of it."""
    fields = {name: params[name] for name in ("amount", "reference") if name in params}
    return fields | {
        "merchantAccount": account.switches.shop,
        "paymentPspReference": psp_reference,
        "pspReference": own,
        "status": "received",
    }


_ACTS: dict[tuple[str, ...], Act] = {
    ("POST", "paymentLinks"): _open,
    ("GET", "paymentLinks", "*"): _read,
    ("PATCH", "paymentLinks", "*"): _expire,
    ("POST", "payments", "*", "refunds"): _refund,
    ("POST", "payments", "*", "captures"): _capture,
    ("POST", "payments", "*", "cancels"): _cancel,
}
