"""Hosted checkouts: an order at PayPal, approved by its buyer and then captured by us.

PayPal finds no order by our name for it. It needn't: a checkout whose id we never learned
was never shown to anybody, so nobody can have paid on it.
"""

from kassa.core.errors import GatewayRefused, GatewayUnavailable
from kassa.gateways.amounts import PricedLine, priced_lines
from kassa.gateways.parsing import Body, part, parts, text
from kassa.gateways.paypal.client import get, post, tried
from kassa.gateways.paypal.declines import BUYER_DECLINES, issue, refused
from kassa.gateways.paypal.money import CURRENCIES, to_paypal
from kassa.gateways.paypal.parsing import identifier
from kassa.gateways.paypal.payments import order as read_order
from kassa.gateways.submissions import (
    CheckoutState,
    CheckoutSubmission,
    FoundCheckout,
    OpenedCheckout,
    PaymentMethod,
)
from kassa.platform import clock
from kassa.platform.secrets import ApiAccess

OURS = "kassa"  # the reference id of what we opened; no other order is ever captured by us
LOCALE_MAX, NAME_MAX = 10, 127

_PAGES = {
    "live": "https://www.paypal.com/checkoutnow?token=",
    "test": "https://www.sandbox.paypal.com/checkoutnow?token=",
}
_STATES = {"captured": CheckoutState.PAID, "failed": CheckoutState.FAILED}


def open_checkout(access: ApiAccess, submission: CheckoutSubmission) -> OpenedCheckout:
    """Open a hosted checkout for an order; within six hours a repeat returns the same one."""
    made = post(access, "/v2/checkout/orders", _order_body(submission), submission.idempotency_key)
    return _opened(access, made)


def find_checkout(
    access: ApiAccess, submission: CheckoutSubmission, checkout_id: str | None
) -> FoundCheckout | None:
    """Return how a checkout stands; what its buyer approved and we haven't captured is open.

    A checkout that PayPal no longer knows can't be paid any more.
    """
    if checkout_id is None:
        return None
    path = f"/v2/checkout/orders/{identifier(checkout_id)}"
    found = get(access, path)
    if found is None:
        gone = OpenedCheckout(checkout_id=checkout_id, url=_page(access, checkout_id))
        return FoundCheckout(state=CheckoutState.EXPIRED, opened=gone)
    opened = _opened(access, found)
    taken = _charge_state(found)
    state = _STATES.get(taken or "", CheckoutState.OPEN)
    if found.get("status") == "VOIDED":
        state = CheckoutState.EXPIRED
    return FoundCheckout(state=state, opened=opened)


def capture(access: ApiAccess, order_id: str) -> Body | None:
    """Return an order; one of ours that its buyer approved is captured first.

    A decline stands in the answer, under `declined`. Nothing is captured that we didn't open: a
    shop of its own may still be waiting for its buyer's last word.
    """
    path = f"/v2/checkout/orders/{identifier(order_id)}"
    found = get(access, path)
    if found is None or found.get("status") != "APPROVED" or not _is_ours(found):
        return found
    status, answer = tried(access, f"{path}/capture", {}, f"capture:{order_id}")
    named = issue(status, answer)
    if status < 400 or named == "ORDER_ALREADY_CAPTURED":
        return get(access, path)  # as it stands now: a repeated key is answered as it stood first
    if named not in BUYER_DECLINES:
        raise refused(status, answer)
    return found | {"declined": {"issue": named}}


def _is_ours(order: Body) -> bool:
    return order.get("intent") == "CAPTURE" and all(
        unit.get("reference_id") == OURS for unit in parts(order, "purchase_units")
    )


def _order_body(submission: CheckoutSubmission) -> Body:
    if submission.amount.currency not in CURRENCIES:
        raise GatewayRefused("currency_not_supported", is_retryable=True)
    unit: Body = {
        "reference_id": OURS,
        "custom_id": submission.order_id,
        "invoice_id": submission.submission_id,
        "amount": to_paypal(submission.amount),
    }
    if items := _items(submission):
        unit["items"] = items
        unit["amount"]["breakdown"] = {"item_total": to_paypal(submission.amount)}
    page = {
        "return_url": submission.success_url,
        "cancel_url": submission.cancel_url,
        "user_action": "PAY_NOW",
        "shipping_preference": "NO_SHIPPING",
    }
    if submission.method is PaymentMethod.CARD:
        page["landing_page"] = "GUEST_CHECKOUT"
    if submission.language and len(submission.language) <= LOCALE_MAX:
        page["locale"] = submission.language
    source = {"paypal": {"experience_context": page}}
    return {"intent": "CAPTURE", "purchase_units": [unit], "payment_source": source}


def _items(submission: CheckoutSubmission) -> list[Body]:
    """Return what the buyer sees, one item a line; nothing where lines don't add up.

    PayPal multiplies a unit's price by a quantity, which a line's total needn't be a multiple of.
    A line that PayPal can't take leaves all of them out: what is paid is the whole amount.
    """
    try:
        return [_item(line) for line in priced_lines(submission)]
    except GatewayRefused:
        return []


def _item(line: PricedLine) -> Body:
    name = f"{line.quantity} × {line.name}" if line.quantity > 1 else line.name
    return {"name": name[:NAME_MAX], "quantity": "1", "unit_amount": to_paypal(line.price)}


def _opened(access: ApiAccess, order: Body) -> OpenedCheckout:
    order_id = text(order.get("id"))
    if order_id is None:
        raise GatewayUnavailable("PayPal opened an order without an id")
    links = {str(one.get("rel")): text(one.get("href")) for one in parts(order, "links")}
    url = links.get("payer-action") or links.get("approve") or _page(access, order_id)
    return OpenedCheckout(checkout_id=order_id, url=url, payment_id=_payment_id(order))


def _page(access: ApiAccess, order_id: str) -> str:
    return _PAGES["live" if access.mode == "live" else "test"] + order_id


def _payment_id(order: Body) -> str | None:
    """Return the payment that an order's capture is; none before there is one."""
    if not any(part(unit, "payments") for unit in parts(order, "purchase_units")):
        return None
    reports = read_order(order, clock.now())
    return reports.subject_id if reports else None


def _charge_state(order: Body) -> str | None:
    """Return how the order's best capture stands; none where it has none."""
    if _payment_id(order) is None:
        return None
    reports = read_order(order, clock.now())
    return reports.object_reports[0].state if reports else None
