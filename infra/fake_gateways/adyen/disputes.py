"""Disputes at Adyen: announced, taken, won back, and sometimes taken once more."""

import base64
from datetime import UTC, datetime

from infra.fake_gateways.adyen import settlement
from infra.fake_gateways.adyen.account import DAY_S, Account
from infra.fake_gateways.kit.answers import Body

REASON = "10.4"
DEFENDABLE_S = 14 * DAY_S
_DATED = ("NOTIFICATION_OF_CHARGEBACK", "CHARGEBACK")
_SIZES = {"application/pdf": 2 * 1024**2, "image/jpeg": 10 * 1024**2, "image/tiff": 10 * 1024**2}
_UNNAMED = ("CHARGEBACK_REVERSED", "SECOND_CHARGEBACK")  # these name their payment alone


def open_dispute(account: Account, payment_id: str, value: int | None = None) -> Body:
    """A bank takes a payment back: Adyen announces it and withdraws the money.

    A SEPA debit's is its return: of all that was captured, at once, and nobody can contest it
    ("SEPA chargebacks").
    """
    payment = account.payment(payment_id)
    if not payment["captured"]:
        raise ValueError("only what was captured can be disputed")
    if payment["method"] == "sepadirectdebit":
        return _return_debit(account, payment)
    dispute: Body = {
        "dispute_id": account.new_reference(),
        "payment_id": payment_id,
        "value": value or payment["captured"],
        "state": "withdrawn",
        "due_s": account.now() + DEFENDABLE_S,
        "documents": [],
    }
    account.disputes[dispute["dispute_id"]] = dispute
    _notify(account, dispute, "NOTIFICATION_OF_CHARGEBACK")
    settlement.charged_back(account, payment, dispute, "Chargeback")
    _notify(account, dispute, "CHARGEBACK")
    return dispute


def _return_debit(account: Account, payment: Body) -> Body:
    if any(one["payment_id"] == payment["psp"] for one in account.disputes.values()):
        raise ValueError("a debit is returned once")
    dispute: Body = {
        "dispute_id": account.new_reference(),
        "payment_id": payment["psp"],
        "value": payment["captured"],
        "state": "returned",
    }
    account.disputes[dispute["dispute_id"]] = dispute
    settlement.charged_back(account, payment, dispute, "Chargeback")
    _notify(account, dispute, "CHARGEBACK")
    return dispute


def request_information(account: Account, payment_id: str) -> Body:
    """A bank asks about a payment; no money moves."""
    payment = account.payment(payment_id)
    dispute: Body = {
        "dispute_id": account.new_reference(),
        "payment_id": payment_id,
        "value": payment["captured"],
        "state": "information_requested",
    }
    account.disputes[dispute["dispute_id"]] = dispute
    _notify(account, dispute, "REQUEST_FOR_INFORMATION")
    return dispute


def close_dispute(account: Account, dispute_id: str, outcome: str, returned: int = 0) -> Body:
    """A dispute is won, and the money comes back, or its time to be defended ends.

    One that is lost may give a part back before that, as a reversal of that amount.
    """
    dispute = _withdrawn(account, dispute_id)
    if outcome not in ("won", "lost"):
        raise ValueError("a dispute is won or lost")
    if not 0 <= returned <= dispute["value"]:
        raise ValueError("no more comes back than was taken")
    dispute["state"] = outcome
    back = dispute["value"] if outcome == "won" else returned
    if back:
        part = dispute | {"value": back}
        settlement.charged_back(account, _payment(account, part), part, "ChargebackReversed")
        _notify(account, part, "CHARGEBACK_REVERSED")
    if outcome == "lost":
        _notify(account, dispute, "DISPUTE_DEFENSE_PERIOD_ENDED")
    return dispute


def charge_back_again(account: Account, dispute_id: str) -> Body:
    """The bank doesn't accept the defence: what came back is taken a second time."""
    dispute = account.disputes.get(dispute_id)
    if dispute is None or dispute["state"] != "won":
        raise ValueError("only what was won can be taken a second time")
    dispute["state"] = "lost"
    payment = account.payment(dispute["payment_id"])
    settlement.charged_back(account, payment, dispute, "SecondChargeback")
    _notify(account, dispute, "SECOND_CHARGEBACK")
    return dispute


def reasons(account: Account, params: Body) -> Body:
    """Return for what reasons a dispute may be defended, and with which documents."""
    if why := _undefendable(account, params):
        return _result(why)
    supplied = bool(account.disputes[params["disputePspReference"]]["documents"])
    kinds = [
        {"defenseDocumentTypeCode": code, "requirementLevel": level, "available": supplied}
        for code, level in (("DefenseMaterial", "Required"), ("Invoice", "Optional"))
    ]
    reason = {
        "defenseReasonCode": "SupplyDefenseMaterial",
        "satisfied": supplied,
        "defenseDocumentTypes": kinds,
    }
    return _result() | {"defenseReasons": [reason]}


def supply(account: Account, params: Body) -> Body:
    """Take documents for a defense; they count once it is made."""
    if why := _undefendable(account, params):
        return _result(why)
    for one in params.get("defenseDocuments") or ():
        content = base64.b64decode(one.get("content", ""))
        most = _SIZES.get(str(one.get("contentType")))
        if most is None:
            return _result("Invalid defense document content type")
        if len(content) > most:
            return _result("Defense document is too large")
        account.disputes[params["disputePspReference"]]["documents"].append(
            one["defenseDocumentTypeCode"]
        )
    return _result()


def defend(account: Account, params: Body) -> Body:
    """Make the defense, once; the bank decides later."""
    if why := _undefendable(account, params):
        return _result(why)
    dispute = account.disputes[params["disputePspReference"]]
    if params.get("defenseReasonCode") != "SupplyDefenseMaterial":
        return _result("Invalid defense reason")
    if "DefenseMaterial" not in dispute["documents"]:
        return _result("Defense material is missing")
    dispute["is_defended"] = True
    _notify(account, dispute, "INFORMATION_SUPPLIED")
    return _result()


def accept(account: Account, params: Body) -> Body:
    """Accept liability."""
    if why := _undefendable(account, params):
        return _result(why)
    close_dispute(account, params["disputePspReference"], "lost")
    return _result()


def _undefendable(account: Account, params: Body) -> str:
    dispute = account.disputes.get(str(params.get("disputePspReference")))
    if dispute is None:
        return "Dispute not found"
    if dispute["state"] != "withdrawn" or account.now() > dispute["due_s"]:
        return "Dispute is not defendable"
    return "Dispute was defended before" if dispute.get("is_defended") else ""


def _result(error: str = "") -> Body:
    result = {"success": not error} | ({"errorMessage": error} if error else {})
    return {"disputeServiceResult": result}


def _payment(account: Account, dispute: Body) -> Body:
    return account.payment(dispute["payment_id"])


def _withdrawn(account: Account, dispute_id: str) -> Body:
    dispute = account.disputes.get(dispute_id)
    if dispute is None or dispute["state"] != "withdrawn":
        raise ValueError("no such dispute is open")
    return dispute


def _notify(account: Account, dispute: Body, code: str) -> None:
    payment = account.payment(dispute["payment_id"])
    is_named = account.switches.names_disputes or code not in _UNNAMED
    own = dispute["dispute_id"] if is_named else None
    more = {}
    if "due_s" in dispute and code in _DATED:
        until = datetime.fromtimestamp(dispute["due_s"], UTC).isoformat(timespec="seconds")
        more = {"defensePeriodEndsAt": until, "chargebackReasonCode": REASON}
    account.notify(code, payment, dispute["value"], own=own, more=more)
