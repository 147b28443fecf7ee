"""Disputes: Klarna withholds the amount at once, and gives it back if the merchant wins.

Webhooks of the later states carry no amount, as in Klarna's own examples.
"""

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.kit.forms import Field
from infra.fake_gateways.klarna import settlements
from infra.fake_gateways.klarna.account import Account, Notice
from infra.fake_gateways.klarna.errors import Refusal, bad_value, no_such

SIZE_MAX = 250
ANSWERABLE_S = 21 * 86_400.0
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_FILE_TYPES = ("application/pdf", "image/jpeg", "image/png", _DOCX)
_FILE_MAX = 7 * 1024 * 1024


def open_dispute(account: Account, payment_id: str, amount_minor: int | None = None) -> Body:
    """Let a customer question an order."""
    order = account.order(payment_id)
    left = order["captured_amount"] - order["refunded_amount"]
    minor = left if amount_minor is None else amount_minor
    if not 0 < minor <= left:
        raise Refusal("BAD_REQUEST", f"No more than {left} can be disputed.", 400)
    mode = "live" if account.switches.livemode else "test"
    number = account.source.randrange(10**12, 10**13)
    dispute = {
        "payment_dispute_id": f"krn:network:eu1:{mode}:payment:dispute:{number}",
        "payment_transaction_id": f"krn:payment:eu1:authorization:{payment_id}",
        "order_id": payment_id,
        "capture_id": order["captures"][0]["capture_id"],
        "merchant_reference2": order.get("merchant_reference2", ""),
        "state": "INITIATED",
        "dispute_reason": "PRODUCTS_OR_SERVICES_NOT_RECEIVED",
        "dispute_details": {
            "dispute_amount": minor,
            "currency": order["purchase_currency"],
            "created_by": "CUSTOMER",
        },
        "representment": {
            "state": "EVIDENCE_REQUESTED",
            "expires_at": account.at(ANSWERABLE_S),
        },
        "created_at": account.at(),
        "updated_at": account.at(),
    }
    account.disputes[dispute["payment_dispute_id"]] = dispute
    settlements.reversed_by(account, order, dispute)
    _notify(account, dispute, "initiated")
    return {"dispute_id": dispute["payment_dispute_id"]}


def close_dispute(account: Account, dispute_id: str, outcome: str, returned_minor: int = 0) -> Body:
    """Decide a dispute, for good; of one that is lost a part may be given back."""
    dispute = read(account, dispute_id, {})
    if outcome not in ("won", "lost") or dispute["state"] == "CLOSED":
        raise bad_value("outcome", "won or lost, once")
    whole = dispute["dispute_details"]["dispute_amount"]
    returned_minor = whole if outcome == "won" else returned_minor
    if not 0 <= returned_minor <= whole:
        raise bad_value("returned_minor", f"must be between 0 and {whole}")
    dispute |= {"previous_state": dispute["state"], "state": "CLOSED"}
    dispute |= {"dispute_outcome": outcome.upper(), "updated_at": account.at()}
    dispute["closed_at"] = account.at()
    order = account.order(dispute["order_id"])
    settlements.given_back(account, order, dispute, returned_minor)
    _notify(account, dispute, "closed")
    return dispute


def attach(account: Account, dispute_id: str, params: Body) -> Body:
    """Keep a file of the merchant's; nobody looks at it until an answer names it."""
    dispute, file = _answerable(account, dispute_id), params.get("file")
    if not isinstance(file, Field) or file.content_type not in _FILE_TYPES:
        raise bad_value("file", "PDF, JPEG, PNG and DOCX are taken")
    if len(file.content) > _FILE_MAX:
        raise bad_value("file", "7 MB at most")
    kept = dispute.setdefault("attachments", [])
    kept.append(f"{dispute_id}:attachment:{len(kept) + 1}")
    return {"payment_dispute_attachment_id": kept[-1]}


def represent(account: Account, dispute_id: str, params: Body) -> Body:
    """Take the merchant's answer, once."""
    dispute, named = _answerable(account, dispute_id), params.get("attachments")
    if len(str(params.get("additional_information", ""))) > 500:
        raise bad_value("additional_information", "500 characters at most")
    ids = [one.get("payment_dispute_attachment_id") for one in named or ()]
    if not ids or set(ids) - set(dispute.get("attachments", ())):
        raise bad_value("attachments", "one at least, uploaded before")
    dispute |= {
        "previous_state": dispute["state"],
        "state": "REPRESENTMENT",
        "partner_evidence": {"created_at": account.at(), "attachments": named},
        "updated_at": account.at(),
    }
    _notify(account, dispute, "representment")
    return dispute


def accept_loss(account: Account, dispute_id: str, params: Body) -> Body:
    """Let the merchant give in."""
    if read(account, dispute_id, {})["state"] not in ("INITIATED", "PRE_ARBITRATION"):
        raise _conflict("A dispute in this state can't be accepted.")
    return close_dispute(account, dispute_id, "lost")


def _answerable(account: Account, dispute_id: str) -> Body:
    dispute = read(account, dispute_id, {})
    if dispute["state"] != "INITIATED" or account.at() > dispute["representment"]["expires_at"]:
        raise _conflict("A dispute in this state takes no evidence.")
    return dispute


def _conflict(message: str) -> Refusal:
    return Refusal("CONFLICT", message, 409)


def read(account: Account, dispute_id: str, params: Body) -> Body:
    """Return a dispute in its current state."""
    if dispute_id not in account.disputes:
        raise no_such("dispute", dispute_id)
    return account.disputes[dispute_id]


def listed(account: Account, unused: str, params: Body) -> Body:
    """Return a page of disputes, of an order or of all."""
    order_id = params.get("order_ids")
    rows = [one for one in account.disputes.values() if order_id in (None, one["order_id"])]
    return {"disputes": rows[:SIZE_MAX]}


def _notify(account: Account, dispute: Body, change: str) -> None:
    """Send a Network webhook; several may carry one id."""
    shared = account.switches.shares_event_ids
    event_id = f"{'0' * 8}-{'0' * 4}-{'0' * 4}-{'0' * 4}-{'0' * 12}" if shared else account.new_id()
    event_type = f"payment.dispute.state-change.{change}"
    metadata = {
        "event_type": event_type,
        "event_id": event_id,
        "event_version": "v1",
        "occurred_at": account.at(),
        "webhook_id": "krn:partner:global:notification:webhook:1",
        "merchant_id": account.switches.merchant_id,
        "live": account.switches.livemode,
    }
    payload = dict(dispute)
    if change != "initiated":
        del payload["dispute_details"]
    body = {"event_type": event_type, "event_id": event_id, "occurred_at": metadata["occurred_at"]}
    account.notify(Notice(event_id, body | {"metadata": metadata, "payload": payload}))
