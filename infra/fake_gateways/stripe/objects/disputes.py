"""Disputes: a bank questions a charge; all but an inquiry take the funds away at once."""

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.stripe.account import DAY_S, Account
from infra.fake_gateways.stripe.api.errors import in_execution
from infra.fake_gateways.stripe.api.parameters import Params, boolean, mapping, metadata
from infra.fake_gateways.stripe.objects.balance import move

_OPEN = ("needs_response", "under_review")
_INQUIRY = ("warning_needs_response", "warning_under_review")
_TAKEN = (*_OPEN, "lost")
_EVIDENCE = (
    *("access_activity_log", "billing_address", "cancellation_policy"),
    *("cancellation_policy_disclosure", "cancellation_rebuttal", "customer_communication"),
    *("customer_email_address", "customer_name", "customer_purchase_ip", "customer_signature"),
    *("duplicate_charge_documentation", "duplicate_charge_explanation", "duplicate_charge_id"),
    *("product_description", "receipt", "refund_policy", "refund_policy_disclosure"),
    *("refund_refusal_explanation", "service_date", "service_documentation", "shipping_address"),
    *("shipping_carrier", "shipping_date", "shipping_documentation", "shipping_tracking_number"),
    *("uncategorized_file", "uncategorized_text"),
)


_FILES = (
    *("cancellation_policy", "customer_communication", "customer_signature", "receipt"),
    *("duplicate_charge_documentation", "refund_policy", "service_documentation"),
    *("shipping_documentation", "uncategorized_file"),
)


def withdrawn(account: Account, charge: Body) -> int:
    """Return what disputes hold of a charge now."""
    mine = account.parts("dispute", charge["id"])
    return sum(_held(account, one) for one in mine if one["status"] in _TAKEN)


def _held(account: Account, dispute: Body) -> int:
    """Return what a dispute took and didn't give back, in the charge's currency."""
    return int(dispute["amount"]) - account.returned.get(dispute["id"], 0)


def open_dispute(account: Account, charge_id: str, amount: int = 0, status: str = "") -> Body:
    """A bank questions a charge, wholly unless given otherwise."""
    charge = account.find("charge", charge_id)
    now_s, status = account.now_s(), status or "needs_response"
    if status not in (*_OPEN, *_INQUIRY):
        raise in_execution(f"A dispute can't begin as {status}.")
    if charge["status"] == "failed":
        raise in_execution(f"Nothing was taken by charge {charge_id}: it failed.")
    dispute: Body = {
        "id": account.new_id("du"),
        "object": "dispute",
        "amount": amount or charge["amount_captured"],
        "balance_transactions": [],
        "charge": charge_id,
        "created": now_s,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": dict.fromkeys(_EVIDENCE),
        "evidence_details": {
            "due_by": now_s + 7 * DAY_S,
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": status in _INQUIRY,
        "livemode": account.switches.livemode,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": "fraudulent",
        "status": status,
    }
    account.add(dispute)
    charge["disputed"] = True
    if status in _OPEN:
        _withdraw(account, dispute)
    account.emit("charge.dispute.created", dispute)
    if status in _OPEN:
        account.emit("charge.dispute.funds_withdrawn", dispute)
    return dispute


def _withdraw(account: Account, dispute: Body) -> None:
    fee = account.switches.dispute_fee
    moved = move(account, "adjustment", -dispute["amount"], dispute, fee=fee)
    dispute["balance_transactions"] = [*dispute["balance_transactions"], moved]


def escalate(account: Account, dispute_id: str) -> Body:
    """An inquiry becomes a dispute, and the funds go."""
    dispute = account.find("dispute", dispute_id)
    if dispute["status"] not in _INQUIRY:
        raise in_execution(f"A dispute that is {dispute['status']} is no inquiry.")
    dispute |= {"status": "needs_response", "is_charge_refundable": False}
    details = dispute["evidence_details"]
    asked = {"due_by": account.now_s() + 7 * DAY_S, "submission_count": 0, "has_evidence": False}
    dispute["evidence_details"] = details | asked
    _withdraw(account, dispute)
    account.emit("charge.dispute.updated", dispute)
    account.emit("charge.dispute.funds_withdrawn", dispute)
    return dispute


def close(account: Account, dispute_id: str, status: str, returned: int = 0) -> Body:
    """The bank has decided: won, lost, or an inquiry that came to nothing.

    A lost one may give a part back: it is partly won (docs.stripe.com/disputes/how-disputes-work).
    """
    dispute = account.find("dispute", dispute_id)
    ends = ("warning_closed",) if dispute["status"] in _INQUIRY else ("won", "lost")
    if status not in ends or dispute["status"] not in (*_OPEN, *_INQUIRY):
        raise in_execution(f"A dispute that is {dispute['status']} can't become {status}.")
    if not 0 <= returned <= dispute["amount"]:
        raise in_execution("A dispute gives back no more than it took.")
    dispute["status"] = status
    account.returned[dispute_id] = returned
    back = dispute["amount"] if status == "won" else returned
    if back:
        returns_fee = status == "won" and account.switches.returns_dispute_fee
        fee = -account.switches.dispute_fee if returns_fee else 0
        moved = move(account, "adjustment", back, dispute, fee=fee)
        dispute["balance_transactions"] = [*dispute["balance_transactions"], moved]
    account.emit("charge.dispute.closed", dispute)
    if back:
        account.emit("charge.dispute.funds_reinstated", dispute)
    return dispute


def update(account: Account, dispute_id: str, params: Params) -> Body:
    """Contest a dispute with evidence, or note something on it."""
    dispute = account.find("dispute", dispute_id)
    if dispute["status"] not in (*_OPEN, *_INQUIRY):
        raise in_execution("This dispute is already closed", "dispute_already_closed")
    details = dispute["evidence_details"]
    if mapping(params, "evidence") and details["submission_count"]:
        raise in_execution("Evidence was submitted for this dispute already.")
    if mapping(params, "evidence") and account.now_s() > details["due_by"]:
        raise in_execution("The deadline to respond to this dispute has passed.")
    dispute["metadata"] = metadata(params, dispute["metadata"])
    if given := mapping(params, "evidence"):
        _check_files(account, given)
        dispute["evidence"] = dispute["evidence"] | given
        dispute["evidence_details"] = details | {"has_evidence": True}
    if boolean(params, "submit", True) and dispute["evidence_details"]["has_evidence"]:
        details = dispute["evidence_details"]
        dispute["evidence_details"] = details | {"submission_count": 1}
        dispute["status"] = dispute["status"].replace("needs_response", "under_review")
    account.emit("charge.dispute.updated", dispute)
    return dispute


def _check_files(account: Account, given: Params) -> None:
    for name in _FILES:
        if given.get(name) and given[name] not in account.files:
            raise in_execution(f"No such file upload: {given[name]}")


def accept(account: Account, dispute_id: str, params: Params) -> Body:
    """Accept a dispute as lost."""
    return close(account, dispute_id, "lost")
