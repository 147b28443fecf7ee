"""Which of PayPal's events Kassa acts on, and what is read back for each."""

from kassa.adapters.gateways.bodies import Body, part, word
from kassa.adapters.gateways.paypal.bodies import identifier, linked

EVENT_TYPES = {
    "CHECKOUT.ORDER.APPROVED": "order",
    "CHECKOUT.ORDER.COMPLETED": "order",
    "CHECKOUT.ORDER.VOIDED": "order",
    "CHECKOUT.PAYMENT-APPROVAL.REVERSED": "order",
    "PAYMENT.CAPTURE.COMPLETED": "capture",
    "PAYMENT.CAPTURE.PENDING": "capture",
    "PAYMENT.CAPTURE.DECLINED": "capture",
    "PAYMENT.CAPTURE.DENIED": "capture",
    "PAYMENT.CAPTURE.REFUNDED": "refund",
    "PAYMENT.CAPTURE.REVERSED": "disputes",
    "PAYMENT.REFUND.PENDING": "refund",
    "PAYMENT.REFUND.FAILED": "refund",
    "PAYMENT.SALE.COMPLETED": "sale",
    "PAYMENT.SALE.PENDING": "sale",
    "PAYMENT.SALE.DENIED": "sale",
    "PAYMENT.SALE.REFUNDED": "refund",
    "PAYMENT.SALE.REVERSED": "disputes",
    "CUSTOMER.DISPUTE.CREATED": "dispute",
    "CUSTOMER.DISPUTE.UPDATED": "dispute",
    "CUSTOMER.DISPUTE.RESOLVED": "dispute",
    "RISK.DISPUTE.CREATED": "dispute",
}
OWN_TYPES = {"kassa.look_up", "kassa.balance_transaction"}  # what Kassa fetched itself
READS_BACK_ALWAYS = {"order", "disputes"}  # what PayPal's event alone can't tell


def what(gateway_type: str, envelope: Body, is_own: bool) -> tuple[str, str] | None:
    """Return what is read for an event and under which id; nothing for what we don't act on."""
    resource = part(envelope, "resource")
    if gateway_type in OWN_TYPES:
        return (str(envelope.get("resource_type")), "") if is_own else None
    reads = EVENT_TYPES.get(gateway_type)
    if reads is None:
        return None
    if reads == "refund" and _is_first_generation(envelope, resource):
        reads = "sale_refund"
    return reads, identifier(_id_of(reads, resource))


def _id_of(reads: str, resource: Body) -> object:
    if reads == "dispute":
        return resource.get("dispute_id")
    if reads == "order":
        return word(resource.get("order_id")) or resource.get("id")
    if reads == "disputes":
        parents = (resource.get("sale_id"), resource.get("capture_id"))
        parent = next((word(one) for one in parents if word(one)), None)
        return parent or linked(resource, "up", "/captures/") or resource.get("id")
    return resource.get("id")


def _is_first_generation(envelope: Body, resource: Body) -> bool:
    """Tell by its resource: amounts there have a total, and states are in small letters."""
    return "state" in resource or "total" in part(resource, "amount")
