"""Payment links: a hosted page for one order, as `POST /paymentLinks` opens it."""

from datetime import datetime, timedelta

from infra.fake_gateways.adyen import payments
from infra.fake_gateways.adyen.account import Account
from infra.fake_gateways.adyen.errors import Refusal, bad_amount, missing
from infra.fake_gateways.adyen.money import DECIMALS
from infra.fake_gateways.kit.answers import Body

KNOWN = {
    *("amount", "merchantAccount", "reference", "returnUrl", "countryCode", "shopperLocale"),
    *("allowedPaymentMethods", "lineItems", "metadata", "expiresAt", "description", "reusable"),
    *("shopperReference", "applicationInfo", "captureDelayHours", "manualCapture"),
}
_REFERENCE_MAX, _METADATA_MAX, _METADATA_KEY_MAX = 80, 80, 20


def create(account: Account, params: Body) -> Body:
    """Open a page; it stays open until its closing is requested, or for a day."""
    if unknown := sorted(set(params) - KNOWN):
        raise Refusal(422, "702", f"Unknown field: {unknown[0]}")
    _check_reference(params.get("reference"))
    _check_metadata(params.get("metadata") or {})
    link: Body = {
        "id": f"PL{account.new_reference()}",
        "amount": checked_amount(params.get("amount")),
        "expiresAt": _closes_at(account, params.get("expiresAt")).isoformat(timespec="seconds"),
        "merchantAccount": params["merchantAccount"],
        "reference": params["reference"],
        "status": "active",
    }
    link |= {name: params[name] for name in sorted(KNOWN & set(params)) if name not in link}
    link["url"] = account.switches.pages + link["id"]
    account.links[link["id"]] = link
    return link


def _closes_at(account: Account, given: object) -> datetime:
    """Return when a link closes: as it was requested, in the future and within 70 days."""
    now = account.at()
    if given is None:
        return now + timedelta(days=1)
    try:
        closes_at = datetime.fromisoformat(str(given))
        is_taken = now < closes_at <= now + timedelta(days=70)
    except (TypeError, ValueError):
        is_taken = False
    if not is_taken:
        raise Refusal(422, "29_002", "expiresAt must be in the future and within 70 days")
    return closes_at


def find(account: Account, link_id: str) -> Body:
    """Return a page; one whose time is over is expired."""
    link = account.links.get(link_id)
    if link is None:
        raise Refusal(404, "000", "Payment link not found")
    if link["status"] == "active" and link["expiresAt"] <= account.at().isoformat():
        link["status"] = "expired"
    return link


def expire(account: Account, link_id: str, params: Body) -> Body:
    """Close a page by force; only an open one can be."""
    link = find(account, link_id)
    if params != {"status": "expired"} or link["status"] != "active":
        raise Refusal(422, "29_001", "The status can't be changed to that")
    link["status"] = "expired"
    return link


def finish(account: Account, link_id: str, outcome: str) -> Body:
    """A customer pays, fails to, or lets the time run out; after a refusal they may try again."""
    link = find(account, link_id)
    if link["status"] != "active":
        raise ValueError(f"the page is {link['status']}")
    if outcome == "expired":
        link["status"] = "expired"
    elif outcome in ("paid", "declined"):
        paid = outcome == "paid"
        payments.authorise(account, link["reference"], link["amount"], link_id, succeeds=paid)
        link["status"] = "completed" if paid else "active"
    else:
        raise ValueError("a page is paid, declined or expired")
    return link


def checked_amount(amount: object) -> Body:
    """Return an amount, or refuse it."""
    if not isinstance(amount, dict):
        raise missing("amount")
    value, currency = amount.get("value"), amount.get("currency")
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        raise bad_amount()
    if currency not in DECIMALS:
        raise Refusal(422, "138", "Unsupported currency specified")
    return {"value": value, "currency": currency}


def _check_reference(reference: object) -> None:
    if not isinstance(reference, str) or not reference:
        raise missing("reference")
    if len(reference) > _REFERENCE_MAX:
        raise Refusal(422, "702", f"'reference' has more than {_REFERENCE_MAX} characters")


def _check_metadata(metadata: Body) -> None:
    for name, value in metadata.items():
        if len(name) > _METADATA_KEY_MAX or len(str(value)) > _METADATA_MAX:
            raise Refusal(422, "177", "Metadata size exceeds limit")
