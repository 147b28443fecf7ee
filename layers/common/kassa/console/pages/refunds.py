"""What the refund queue shows: each request that waits, and why a person must decide it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from kassa.refunds.decision.verdict import Action
from kassa.refunds.lifecycle.cases import RefundView
from kassa.refunds.lifecycle.lifecycle import POLICY, Change, Step
from kassa.refunds.policy.model import OTHERWISE
from kassa.reports.localization import Texts

ACTS = {Action.CLAIM, Action.APPROVE, Action.REJECT, Action.ASK, Action.HAND_BACK, Action.UNDO}


def rows(cases: Iterable[RefundView], texts: Texts, now: datetime) -> list[dict[str, Any]]:
    """Return the queue's rows, in the order given."""
    return [{**row(case, texts, now), **_urgency(case, texts, now)} for case in cases]


def row(case: RefundView, texts: Texts, now: datetime) -> dict[str, Any]:
    """Return a request that waits for a person as a list shows it."""
    request = case.request
    return {
        "id": request.refund_request_id,
        "amount": texts.money(request.amount.amount_minor, request.amount.currency),
        "reason": texts.name("refund_reasons", request.reason),
        "order": request.order_id or request.payment.subject_id,
        "gateway": texts.gateway(f"{request.payment.gateway}/{request.payment.account}"),
        "age": texts.span(now - waits_since(case)),
    }


def waits_since(case: RefundView) -> datetime:
    """Return since when a request waits for a person."""
    found = _escalation(case)
    return found.at if found else case.lifecycle.changes[0].at


def why_it_waits(case: RefundView, texts: Texts) -> str:
    """Return why a request was handed to people last; nothing where it never was."""
    found = _escalation(case)
    return why(found, case, texts) if found else ""


def why(change: Change, case: RefundView, texts: Texts) -> str:
    """Return why a change was made; a rule is named, a gateway's refusal quoted."""
    code, _, rest = (change.why or "").partition(":")
    receipt = case.request.receipt
    if code == POLICY:
        if receipt.rule_id == OTHERWISE:
            return texts("refund.no_rule")
        return texts("refund.rule", rule=receipt.rule_id)
    if code == "refused":
        return f"{texts.name('whys', code)}: {rest.replace('_', ' ')}"
    if change.step is Step.REJECTED:
        return texts.name("rejections", code) if code else ""
    if change.step is Step.INFORMATION_REQUESTED:
        return texts.name("questions", code)
    if change.step in (Step.ACCEPTED, Step.PAID):  # by the gateway's own id
        return change.why or ""
    return texts.name("whys", code) if code else ""


def _escalation(case: RefundView) -> Change | None:
    """Return the change that handed a request to people last."""
    changes = reversed(case.lifecycle.changes)
    return next((one for one in changes if one.step is Step.ESCALATED), None)


def _urgency(case: RefundView, texts: Texts, now: datetime) -> dict[str, Any]:
    lifecycle = case.lifecycle
    due = lifecycle.decide_by
    return {
        "why": why_it_waits(case, texts),
        "comment": case.comment,
        "risks": [one.name for one in case.request.receipt.score_parts if one.points],
        "due": texts.span(abs(due - now)) if due else "",
        "is_late": bool(due and due <= now),
        "approvals": len(lifecycle.approvals),
        "is_taken": bool(lifecycle.lease and lifecycle.lease.until > now),
    }
