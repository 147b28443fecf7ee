"""Disputes: an inquiry, then a chargeback that takes the money, then PayPal's decision."""

import json

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.kit.forms import Field
from infra.fake_gateways.paypal import reports
from infra.fake_gateways.paypal.account import DAY_S, Account, copied, link
from infra.fake_gateways.paypal.clocks import seconds, written
from infra.fake_gateways.paypal.errors import malformed, unprocessable
from infra.fake_gateways.paypal.money import amount, minor
from infra.fake_gateways.paypal.objects import refunds, reversals

CHARGEBACK = "T1201"
PATH = "/v1/customer/disputes"
KEPT_S = 180 * DAY_S  # so far back disputes are listed by time
_FILE_TYPES = ("application/pdf", "image/jpeg", "image/png", "image/gif")
_SIZE_MAX = 10 * 1024 * 1024
_OUTCOMES = {"won": "RESOLVED_SELLER_FAVOUR", "lost": "RESOLVED_BUYER_FAVOUR"}


def start(account: Account, capture_id: str, amount_minor: int | None, stage: str) -> Body:
    """A buyer questions a capture; beyond an inquiry the money goes at once."""
    capture = account.find("captures", capture_id)
    left = minor(capture["amount"]) - refunds.refunded(account, capture_id)
    left -= reversals.taken(account, capture_id)
    if capture["status"] not in ("COMPLETED", "PARTIALLY_REFUNDED") or left <= 0:
        raise unprocessable("REFUND_NOT_ALLOWED")
    dispute_id, currency = (
        f"PP-D-{account.source.randrange(10**5)}",
        capture["amount"]["currency_code"],
    )
    disputed: Body = {
        "seller_transaction_id": capture_id,
        "create_time": capture["create_time"],
        "transaction_status": "COMPLETED",
        "gross_amount": dict(capture["amount"]),
        "seller": {"merchant_id": account.merchant_id},
    }
    if "custom_id" in capture:
        disputed["custom"] = capture["custom_id"]
    dispute: Body = {
        "dispute_id": dispute_id,
        "create_time": account.time(),
        "update_time": account.time(),
        "disputed_transactions": [disputed],
        "reason": "MERCHANDISE_OR_SERVICE_NOT_RECEIVED",
        "status": "WAITING_FOR_SELLER_RESPONSE",
        "dispute_amount": amount(min(amount_minor or left, left), currency),
        "dispute_life_cycle_stage": "INQUIRY",
        "dispute_channel": "INTERNAL",
        "seller_response_due_date": written(account.now() + 10 * DAY_S),
        "links": _links(dispute_id, is_answerable=True),
    }
    account.disputes[dispute_id] = dispute
    account.emit("CUSTOMER.DISPUTE.CREATED", "dispute", dispute)
    if stage != "INQUIRY":
        escalate(account, dispute_id)
    return dispute


def escalate(account: Account, dispute_id: str) -> Body:
    """PayPal takes the case over, and the money until it has decided."""
    dispute = account.find("disputes", dispute_id)
    if dispute["dispute_life_cycle_stage"] != "INQUIRY" or dispute["status"] == "RESOLVED":
        raise unprocessable("ACTION_NOT_ALLOWED_IN_CURRENT_DISPUTE_STATE")
    dispute_amount = dispute["dispute_amount"]
    currency, capture_id = dispute_amount["currency_code"], _capture_of(dispute)
    reversal = reversals.reverse(account, capture_id, minor(dispute_amount), CHARGEBACK)
    if account.switches.dispute_fee:
        fee = reports.Row("T0114", -account.switches.dispute_fee, currency, account.new_id(), 0)
        reports.add(account, fee._replace(about=capture_id))
    dispute |= {
        "dispute_life_cycle_stage": "CHARGEBACK",
        "status": "WAITING_FOR_SELLER_RESPONSE",
        "update_time": account.time(),
        "seller_response_due_date": written(account.now() + 10 * DAY_S),
        "links": _links(dispute_id, is_answerable=True),
        "money_movements": [_movement(account, "DEBIT", dispute_amount)],
    }
    account.emit("CUSTOMER.DISPUTE.UPDATED", "dispute", dispute)
    reversals.notify(account, reversal)
    return dispute


def ask_again(account: Account, dispute_id: str) -> Body:
    """PayPal asks the seller for more, in a later stage."""
    dispute = account.find("disputes", dispute_id)
    if dispute["status"] != "UNDER_REVIEW":
        raise unprocessable("ACTION_NOT_ALLOWED_IN_CURRENT_DISPUTE_STATE")
    dispute |= {
        "dispute_life_cycle_stage": "PRE_ARBITRATION",
        "status": "WAITING_FOR_SELLER_RESPONSE",
        "update_time": account.time(),
        "seller_response_due_date": written(account.now() + 10 * DAY_S),
        "links": _links(dispute_id, is_answerable=True),
    }
    account.emit("CUSTOMER.DISPUTE.UPDATED", "dispute", dispute)
    return dispute


def close(account: Account, dispute_id: str, outcome: str, returned: int = 0) -> Body:
    """PayPal has decided: won, lost, perhaps in part, or an inquiry that its buyer canceled."""
    dispute = account.find("disputes", dispute_id)
    is_inquiry = dispute["dispute_life_cycle_stage"] == "INQUIRY"
    ends = {"canceled": "CANCELED_BY_BUYER"} if is_inquiry else _OUTCOMES
    if outcome not in ends or dispute["status"] == "RESOLVED":
        raise ValueError(f"a dispute that is {dispute['status']} can't become {outcome}")
    dispute_amount = dispute["dispute_amount"]
    dispute |= {
        "status": "RESOLVED",
        "links": _links(dispute_id, is_answerable=False),
        "update_time": account.time(),
        "dispute_outcome": {"outcome_code": ends[outcome]},
    }
    currency, returned = (
        dispute_amount["currency_code"],
        minor(dispute_amount) if outcome == "won" else returned,
    )
    if outcome == "lost":
        dispute["dispute_outcome"]["amount_refunded"] = amount(
            minor(dispute_amount) - returned, currency
        )
    if returned:
        credit = _movement(account, "CREDIT", amount(returned, currency))
        dispute["money_movements"].append(credit)
        row = reports.Row("T1202", returned, currency, account.new_id(), 0, _capture_of(dispute))
        reports.add(account, row)
    account.emit("CUSTOMER.DISPUTE.RESOLVED", "dispute", dispute)
    return dispute


def answer(account: Account, dispute_id: str, params: Body) -> Body:
    """Take the seller's evidence, once, with the files that it names."""
    dispute = _answerable(account, dispute_id)
    given = json.loads(params["input"]) if isinstance(params.get("input"), str) else {}
    evidences = given.get("evidences")
    if not isinstance(evidences, list) or not evidences:
        raise malformed("MISSING_REQUIRED_PARAMETER", "evidences")
    files = [one for one in params.values() if isinstance(one, Field)]
    if any(one.content_type not in _FILE_TYPES or len(one.content) > _SIZE_MAX for one in files):
        raise malformed("INVALID_FILE_TYPE", "evidence-file")
    named = sum(len(one.get("documents", ())) for one in evidences)
    if named != len(files):
        raise malformed("INVALID_PARAMETER_VALUE", "documents")
    own = {"source": "SUBMITTED_BY_SELLER", "date": account.time()}
    dispute |= {
        "status": "UNDER_REVIEW",
        "update_time": account.time(),
        "evidences": [*dispute.get("evidences", ()), *(one | own for one in evidences)],
        "links": _links(dispute_id, is_answerable=False),
    }
    account.emit("CUSTOMER.DISPUTE.UPDATED", "dispute", dispute)
    return {"links": [link("self", f"{PATH}/{dispute_id}")]}


def accept(account: Account, dispute_id: str, params: Body) -> Body:
    """Let the seller give in: the buyer gets all of it."""
    dispute = _answerable(account, dispute_id)
    if dispute["dispute_life_cycle_stage"] == "INQUIRY":
        raise unprocessable("ACTION_NOT_ALLOWED_IN_CURRENT_DISPUTE_STATE")
    close(account, dispute_id, "lost")
    dispute["dispute_outcome"]["outcome_code"] = "ACCEPTED"
    return {"links": [link("self", f"{PATH}/{dispute_id}")]}


def _answerable(account: Account, dispute_id: str) -> Body:
    dispute = account.find("disputes", dispute_id)
    offered = {one["rel"] for one in dispute["links"]}
    is_late = account.now() > seconds(dispute["seller_response_due_date"])
    if "provide_evidence" not in offered or is_late:
        raise unprocessable("ACTION_NOT_ALLOWED_IN_CURRENT_DISPUTE_STATE")
    return dispute


def _links(dispute_id: str, *, is_answerable: bool) -> list[Body]:
    """Return what may be done with a dispute, as PayPal says it."""
    acts = ("provide_evidence", "accept_claim") if is_answerable else ()
    own = f"{PATH}/{dispute_id}"
    return [link("self", own), *(link(one, f"{own}/{one.replace('_', '-')}") for one in acts)]


def listed(account: Account, query: Body) -> Body:
    """Return the disputes of a transaction, or a page of those since a time, in short."""
    about, size = query.get("disputed_transaction_id"), int(query.get("page_size", 10))
    at, found = int(query.get("next_page_token", 0)), []
    since = seconds(query["start_time"]) if "start_time" in query else 0
    if ("start_time" in query and about) or (since and since < account.now() - KEPT_S):
        raise malformed("INVALID_PARAMETER_VALUE", "start_time")
    for dispute in reversed(account.disputes.values()):
        if about in (None, _capture_of(dispute)) and seconds(dispute["create_time"]) >= since:
            left_out = ("disputed_transactions", "money_movements", "dispute_outcome")
            found.append({k: copied(v) for k, v in dispute.items() if k not in left_out})
    links = [link("self", PATH)]
    if at + size < len(found):
        links.append(link("next", f"{PATH}?page_size={size}&next_page_token={at + size}"))
    shown = found[at : at + size]
    return {"items": shown, "links": links} if shown else {"links": links}


def _capture_of(dispute: Body) -> str:
    return str(dispute["disputed_transactions"][0]["seller_transaction_id"])


def _movement(account: Account, way: str, moved: Body) -> Body:
    return {
        "affected_party": "SELLER",
        "type": way,
        "amount": dict(moved),
        "initiated_time": account.time(),
        "reason": "DISPUTE_SETTLEMENT",
    }
