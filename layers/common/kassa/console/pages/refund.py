"""What a refund request's page shows: what is asked, why it waits, its receipt, and its history."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from kassa.console.pages.refunds import row, why, why_it_waits
from kassa.core.money import Money, to_decimal
from kassa.ledger.state import SubjectState
from kassa.refunds.decision.approval_texts import approval_text
from kassa.refunds.decision.rejection import Question, RejectionReason, customer_text
from kassa.refunds.decision.verdict import DecisionBody
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import Change, RequestState
from kassa.refunds.policy.phrases import plain
from kassa.refunds.request.chosen_lines import ChosenLines, LineLeft
from kassa.reports.localization import Texts


class RefundRead(NamedTuple):
    """What was read of a request, for whom and when."""

    case: RefundCase
    payment: SubjectState
    names: Mapping[str, str]  # of persons, by their ids
    who: str  # asks
    now: datetime
    zone: ZoneInfo
    lines: tuple[LineLeft, ...] = ()  # of its order


def shown(read: RefundRead, texts: Texts) -> dict[str, Any]:
    """Return what the page is filled in with."""
    case, request, lifecycle = read.case, read.case.request, read.case.lifecycle
    currency = request.amount.currency
    return {
        "request": row(case, texts, read.now) | {"payment": request.payment},
        "customer": request.customer_id or "",
        "comment": case.comment,
        "state": lifecycle.state,
        "is_open": lifecycle.state is RequestState.ESCALATED,
        "why": why_it_waits(case, texts),
        "left": texts.money(max(0, read.payment.available_minor), currency),
        "has_left": read.payment.available_minor > 0,
        "has_enough": read.payment.available_minor >= request.amount.amount_minor,
        "captured": texts.money(read.payment.captured_minor, currency),
        "currency": currency,
        "plain_amount": f"{to_decimal(request.amount):f}",
        "lines": _lines(read, texts),
        "undo_until": _undo_until(read, texts),
        "undo_at": lifecycle.not_before.isoformat() if lifecycle.not_before else "",
        "due": _instant(lifecycle.decide_by, read, texts),
        "taken_by": _taken_by(read),
        "approved_by": [read.names.get(one, one) for one in lifecycle.approvals],
        "approved": texts.money(lifecycle.approved_minor, currency),
        "is_own": request.requested_by == read.who,
        "receipt": _receipt(read, texts),
        "history": [_change(one, read, texts) for one in lifecycle.changes],
        "rejections": [(one.value, customer_text(one, request)) for one in RejectionReason],
        "questions": [(one.value, customer_text(one, request)) for one in Question],
    }


def confirming(
    case: RefundCase, asked: DecisionBody, chosen: ChosenLines | None, texts: Texts
) -> dict[str, Any]:
    """Return what an approval is shown with once more, before it is given."""
    whole = case.request.amount
    minor = asked.amount_minor or whole.amount_minor
    amount = whole.model_copy(update={"amount_minor": minor})
    request = case.request
    return {
        "amount": texts.money(minor, whole.currency),
        "how": "lines" if chosen else "part" if asked.amount_minor else "full",
        "plain_amount": f"{to_decimal(amount):f}",
        "lines": [
            one._asdict() | {"amount": texts.money(one.amount_minor, whole.currency)}
            for one in (chosen.lines if chosen else ())
        ],
        "text": approval_text(
            chosen, whole.currency, request.order_id or request.payment.subject_id, request.language
        )
        if chosen
        else None,
    }


def _lines(read: RefundRead, texts: Texts) -> list[dict[str, Any]]:
    """Return the lines that anything is left of, with how many of each the request names."""
    request = read.case.request
    return [
        {
            "place": place,
            "name": one.line.name,
            "left": one.left,
            "amount": texts.money(one.amount_of(one.left), request.amount.currency),
            "asked": min(one.left, request.lines.get(one.id, 0)),
        }
        for place, one in enumerate(read.lines)
        if one.left
    ]


def _receipt(read: RefundRead, texts: Texts) -> dict[str, Any]:
    receipt = read.case.request.receipt
    inputs = [(name, value) for name, value in receipt.inputs if value is not None]
    return {
        "rule": receipt.rule_id,
        "version": receipt.policy_version,
        "decision": receipt.decision,
        "limit": "" if receipt.why == "policy" else receipt.why,
        "decided_at": _instant(receipt.decided_at, read, texts),
        "counterfactuals": [one.text for one in receipt.counterfactuals],
        "score_parts": [
            (plain(one.name), one.points, one.text) for one in receipt.score_parts if one.points
        ],
        "inputs": [(plain(name), _value(value, texts)) for name, value in inputs],
    }


def _value(value: object, texts: Texts) -> str:
    if isinstance(value, Money):
        return texts.money(value.amount_minor, value.currency)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return plain(str(value))


def _change(change: Change, read: RefundRead, texts: Texts) -> dict[str, Any]:
    currency = read.case.request.amount.currency
    return {
        "at": _instant(change.at, read, texts),
        "step": change.step,
        "amount": texts.money(change.amount_minor, currency),
        "by": read.names.get(change.by) or texts.name("actors", change.by),
        "why": why(change, read.case, texts),
        "note": change.note or "",
    }


def _taken_by(read: RefundRead) -> str:
    lease = read.case.lifecycle.lease
    if lease is None or lease.until <= read.now:
        return ""
    return read.names.get(lease.by, lease.by)


def _undo_until(read: RefundRead, texts: Texts) -> str:
    lifecycle = read.case.lifecycle
    until = lifecycle.not_before
    if lifecycle.state is not RequestState.APPROVED or until is None or until <= read.now:
        return ""
    return _instant(until, read, texts)


def _instant(at: datetime | None, read: RefundRead, texts: Texts) -> str:
    return texts.instant(at.astimezone(read.zone)) if at else ""
