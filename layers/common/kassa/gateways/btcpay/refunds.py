"""Refunds at BTCPay: a pull payment of our name, which the customer claims by its link.

BTCPay has no idempotency keys, but a pull payment moves nothing by itself: until it is claimed
and its payout is approved it is an offer. So a refund is looked for by its name before it is made
and looked for again afterwards; of two offers of one name the younger is archived unseen.

A refund's status is read in `pull_payments.py`, from the pull payment and its payouts.
"""

from kassa.core.errors import GatewayRefused, GatewayUnavailable, UnreadableEvent
from kassa.gateways.amounts import refund_amount
from kassa.gateways.btcpay import client as api
from kassa.gateways.btcpay import pull_payments
from kassa.gateways.btcpay.money import to_btcpay
from kassa.gateways.btcpay.parsing import instant
from kassa.gateways.parsing import Body
from kassa.gateways.submissions import GatewayRefund, RefundSubmission
from kassa.platform.secrets import ApiAccess


def refund(access: ApiAccess, submission: RefundSubmission) -> GatewayRefund:
    """Offer a refund of a payment; submitting the same again offers nothing more.

    Raises GatewayRefused with BTCPay's reason, GatewayUnavailable where the outcome is unknown.
    """
    amount = refund_amount(submission, to_btcpay)
    found = find_refund(access, submission)
    if found is not None:
        return found
    invoice_id = submission.payment.subject_id
    params = {
        "name": submission.submission_id,
        "description": pull_payments.description(invoice_id),
        "refundVariant": "Custom",
        "customAmount": amount,
        "customCurrency": submission.amount.currency,
    }
    made = api.post(access, api.store(access, "invoices", invoice_id, "refund"), params)
    try:
        return _alone(access, submission) or _named(api.as_object(made))
    except GatewayRefused as error:  # the offer stands, so this is no known no
        raise GatewayUnavailable("btcpay: what was offered can't be looked through") from error


def find_refund(access: ApiAccess, submission: RefundSubmission) -> GatewayRefund | None:
    """Return the refund of a payment that carries a submission's name, archived or not."""
    offers = _offers(access, submission)
    return _named(offers[0]) if offers else None


def of_payment(access: ApiAccess, invoice_id: str) -> list[Body]:
    """Return the pull payments that refund an invoice, of whoever made them."""
    return [one for one in listed(access) if pull_payments.invoice_of(one) == invoice_id]


def listed(access: ApiAccess) -> list[Body]:
    """Return all pull payments of the store; BTCPay doesn't page them."""
    path = api.store(access, "pull-payments")
    return api.as_list(api.get(access, path, {"includeArchived": "true"}))


def _alone(access: ApiAccess, submission: RefundSubmission) -> GatewayRefund | None:
    """Let only the first of several offers of one name stand; nobody has seen the others."""
    offers = _offers(access, submission)
    for other in offers[1:]:
        if other.get("archived") is not True:
            api.delete(access, api.store(access, "pull-payments", str(other.get("id"))))
    return _named(offers[0]) if offers else None


def _offers(access: ApiAccess, submission: RefundSubmission) -> list[Body]:
    """Return the pull payments of a submission's name: those not archived first, by age."""
    ours = (submission.payment.subject_id, None)  # none: somebody rewrote the description
    named = (one for one in listed(access) if one.get("name") == submission.submission_id)
    found = [one for one in named if pull_payments.invoice_of(one) in ours]
    return sorted(found, key=_precedence)


def _precedence(pull_payment: Body) -> tuple[bool, float, str]:
    try:
        begun = instant(pull_payment.get("startsAt")).timestamp()
    except UnreadableEvent as error:
        raise GatewayUnavailable("btcpay: a pull payment can't be read") from error
    return pull_payment.get("archived") is True, begun, str(pull_payment.get("id"))


def _named(pull_payment: Body) -> GatewayRefund:
    refund_id = pull_payment.get("id")
    if not isinstance(refund_id, str) or not refund_id:
        raise GatewayUnavailable("btcpay: the refund has no id")
    return GatewayRefund(refund_id=refund_id)
