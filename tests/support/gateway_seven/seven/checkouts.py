"""Seven's hosted page: opened under our name for the attempt, and found by it."""

from datetime import datetime

from kassa.core.errors import GatewayUnavailable
from kassa.gateways.declines import DeclineScope
from kassa.gateways.parsing import Body, parts, text
from kassa.gateways.submissions import (
    CheckoutState,
    CheckoutSubmission,
    FoundCheckout,
    OpenedCheckout,
)
from kassa.platform.secrets import ApiAccess
from tests.support.gateway_seven.seven.client import get, post
from tests.support.gateway_seven.seven.money import to_seven


def open_checkout(access: ApiAccess, submission: CheckoutSubmission) -> OpenedCheckout:
    """Open a page; asking again under the same key opens no second one."""
    body = {
        "reference": submission.submission_id,
        "order_id": submission.order_id,
        "amount": to_seven(submission.amount),
        "currency": submission.amount.currency,
        "success_url": submission.success_url,
        "closes_at": submission.closes_at.isoformat() if submission.closes_at else None,
    }
    made = post(access, DeclineScope.CHECKOUT, submission.idempotency_key, body, "checkouts")
    return _found(made).opened


def find_checkout(
    access: ApiAccess, submission: CheckoutSubmission, checkout_id: str | None
) -> FoundCheckout | None:
    """Return a submission's checkout, by its id or by our name for it."""
    if checkout_id:
        page = get(access, "checkouts", checkout_id)
        return None if page is None else _found(page)
    listed = get(access, "checkouts", reference=submission.submission_id) or {}
    return next(map(_found, parts(listed, "checkouts")), None)


def _found(page: Body) -> FoundCheckout:
    closes_at = text(page.get("closes_at"))
    try:
        opened = OpenedCheckout(
            checkout_id=page["id"],
            url=page["url"],
            payment_id=page.get("payment_id"),
            expires_at=datetime.fromisoformat(closes_at) if closes_at else None,
        )
        return FoundCheckout(state=CheckoutState(page["status"]), opened=opened)
    except (KeyError, ValueError) as error:
        raise GatewayUnavailable("seven: the page can't be read") from error
