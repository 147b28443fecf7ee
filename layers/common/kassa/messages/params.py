"""What each message is told, worked out from the fact and from how things stand now."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from kassa.core.money import NO_MONEY, Money
from kassa.core.periods import day_of
from kassa.gateways.declines import Decline, DeclineAction, DeclineReason
from kassa.messages.kinds import MessageName
from kassa.messages.reminders.reminder_params import (
    abandoned_fields,
    overdue_fields,
    reminder_fields,
)
from kassa.messages.situations.situation import Situation
from kassa.messages.templates.parts import PARAGRAPH_MAX, secure
from kassa.orders.lifecycle import OrderStatus
from kassa.refunds.decision.rejection import Question, RejectionReason, customer_text

Fields = dict[str, Any]
M = MessageName
UNTOLD = {  # why a bank says no, and never to whoever holds the card
    *(DeclineReason.CARD_LOST_OR_STOLEN, DeclineReason.FRAUD_SUSPECTED, DeclineReason.BLOCKED),
}
_BRANDS = {"amex": "American Express", "jcb": "JCB", "unionpay": "UnionPay"}  # else as written
OWN = {DeclineAction.FIX_ACCOUNT, DeclineAction.FIX_REQUEST, DeclineAction.REVIEW}  # the merchant's


def params_of(message: MessageName, fact: Any, now_is: Situation, language: str) -> Fields:
    """Return what a message's template is told; what isn't known is left out."""
    fields = _FIELDS[message](fact, now_is, language)
    buyer = now_is.buyer
    if buyer is not None and "recipient_name" not in fields:
        fields["recipient_name"] = buyer.contact or buyer.name
    return {name: value for name, value in fields.items() if value is not None}


def _payment_link(fact: Any, now_is: Situation, language: str) -> Fields:
    case = now_is.order
    assert case is not None, "only an order that was sent has a link"
    sent, invoice = case.lifecycle.sent_link, now_is.invoice
    return {
        "amount": case.order.amount,
        "reference": invoice.number if invoice else case.order.order_id,
        "link": secure(sent.url if sent else None),
    }


def _invoice(fact: Any, now_is: Situation, language: str) -> Fields:
    invoice = now_is.invoice
    assert invoice is not None, "an invoice's fact names one"
    fields: Fields = {
        "number": invoice.number,
        "amount": invoice.total,
        "issued_on": invoice.issued_on,
        "order_id": invoice.order_id,
        "is_attached": bool(now_is.documents),
    }
    if invoice.open_minor:
        fields["amount_due"] = _money(invoice.open_minor, invoice.total)
        fields["due_on"] = invoice.due_on or invoice.issued_on
        fields["link"] = secure(invoice.payment_url)
    else:
        fields["paid_on"] = invoice.paid_on or invoice.issued_on
    return fields


def _receipt(fact: Any, now_is: Situation, language: str) -> Fields:
    invoice = now_is.invoice
    assert invoice is not None, "an invoice's fact names one"
    return {
        "amount": _money(
            max(-fact.data.change_minor, 0) or invoice.total.amount_minor, invoice.total
        ),
        "reference": invoice.number,
        "paid_on": invoice.paid_on or _day(fact.data.occurred_at, now_is),
    }


def _credit_note(fact: Any, now_is: Situation, language: str) -> Fields:
    note, invoice = now_is.credit_note, now_is.invoice
    assert note is not None, "a credit note's fact names one"
    assert invoice is not None, "a credit note's fact names its invoice"
    return {
        "number": note.number,
        "invoice_number": invoice.number,
        "amount": note.total,
        "issued_on": note.issued_on,
        "is_paid_back": invoice.open_minor == 0 and invoice.paid_on is not None,
        "is_attached": bool(now_is.documents),
    }


def _refund(fact: Any, now_is: Situation, language: str) -> Fields:
    data, refund = fact.data, now_is.refund
    order_id = now_is.order.order.order_id if now_is.order else None
    requested = refund.request.order_id or refund.request.payment.subject_id if refund else None
    return {
        "amount": data.amount,
        "reference": order_id or requested or fact.metadata.subject_id,
        "refund_request_id": refund.request.refund_request_id if refund else None,
    }


def _refund_rejected(fact: Any, now_is: Situation, language: str) -> Fields:
    canned = set(RejectionReason)
    why = fact.data.why if fact.data.why in canned else RejectionReason.NOT_ENTITLED
    return _refund(fact, now_is, language) | {
        "reason": _customer_text(RejectionReason(why), now_is, language),
    }


def _refund_information(fact: Any, now_is: Situation, language: str) -> Fields:
    asked = fact.data.why if fact.data.why in set(Question) else Question.DETAILS
    return _refund(fact, now_is, language) | {
        "question": _customer_text(Question(asked), now_is, language)
    }


def _refund_paid(fact: Any, now_is: Situation, language: str) -> Fields:
    kept = now_is.gateway_object
    return _refund(fact, now_is, language) | {
        "paid_on": _day(fact.data.occurred_at, now_is),
        "trace_number": fact.data.reference or (kept.reference if kept else None),
    }


def _payment_failed(fact: Any, now_is: Situation, language: str) -> Fields:
    case = now_is.order
    assert case is not None, "only an order's failed payment is told of"
    open_page = case.lifecycle.shown if case.lifecycle.status is OrderStatus.OPEN else None
    return {
        "amount": case.order.amount,
        "reference": case.order.order_id,
        "link": secure(open_page.url if open_page else None),
        **decline_fields(now_is.decline),
    }


def _card_expiring(fact: Any, now_is: Situation, language: str) -> Fields:
    data = fact.data
    brand = _BRANDS.get(data.brand, (data.brand or "").replace("_", " ").title())
    return {
        "card": f"{brand} •••• {data.last4}".strip(),
        "last_day": data.last_day,
    }


def _dispute_opened(fact: Any, now_is: Situation, language: str) -> Fields:
    return {
        "recipient_name": None,
        "payment_id": getattr(fact.data, "payment_id", fact.metadata.subject_id),
        "dispute_id": fact.data.object_id,
        "gateway": fact.metadata.gateway,
        "amount": fact.data.amount,
        "order_id": now_is.order.order.order_id if now_is.order else None,
        "reason": fact.data.reason,
        "respond_by": fact.data.evidence_due_by,
    }


def _endpoint_disabled(fact: Any, now_is: Situation, language: str) -> Fields:
    """Return which endpoint is off; its address is read by `kassa webhooks`, never sent about."""
    return {
        "recipient_name": None,
        "endpoint_id": fact.data.endpoint_id,
        "address": fact.data.endpoint_id,
        "failing_since": fact.data.occurred_at,
        "last_error": fact.data.because,
    }


def _report_ready(fact: Any, now_is: Situation, language: str) -> Fields:
    """Return which report is attached, and what it says first."""
    days = {"first_day": fact.data.first_day, "last_day": fact.data.last_day}
    fields: Fields = {n: date.fromisoformat(day) for n, day in days.items()}
    fields |= {
        "recipient_name": None,
        "save_command": f"kassa report save {now_is.report} --document report.pdf",
        "request": f"GET /reports/{fact.data.period}/{now_is.report}",
    }
    if (first := now_is.mailed_report) is None:
        return fields
    numbered = (f"{n}. {need}" for n, need in enumerate(first.needs, 1))
    needs = numbered if len(first.needs) > 1 else first.needs
    return fields | {
        "net": _short(first.net) or None,
        "usual": _short(first.usual) or None,
        "needs": "\n".join((first.needs_title, *needs))[:PARAGRAPH_MAX] if first.needs else None,
    }


def _short(lines: tuple[str, ...]) -> str:
    """Return as many lines as a paragraph holds, whole; the page has all."""
    kept: list[str] = []
    for line in lines:
        if len("\n".join((*kept, line))) > PARAGRAPH_MAX:
            break
        kept.append(line)
    return "\n".join(kept)


def _anomaly_found(fact: Any, now_is: Situation, language: str) -> Fields:
    """Return what stands out, its kind in the reader's language and the report's words."""
    data, has_money = fact.data, fact.data.amount.currency != NO_MONEY.currency
    return {
        "recipient_name": None,
        "anomaly_id": data.anomaly_id,
        "kind": data.kind,
        "headline": data.headline,
        "gateway": None if fact.metadata.gateway == "kassa" else fact.metadata.gateway,
        "amount": data.amount if has_money else None,
        "day": date.fromisoformat(data.day),
    }


def _sign_in_code(fact: Any, now_is: Situation, language: str) -> Fields:
    assert now_is.code is not None, "a code that lets nobody in isn't sent"
    return {"code": now_is.code.digits, "valid_minutes": now_is.code.valid_minutes}


def decline_fields(decline: Decline | None) -> Fields:
    """Return why a payment was declined and what a customer can do, as far as they may know."""
    if decline is None:
        return {}
    reason = DeclineReason.UNKNOWN if decline.reason in UNTOLD else decline.reason
    is_ours = decline.action in OWN or decline.reason in UNTOLD
    return {
        "reason": reason,
        "action": DeclineAction.TRY_OTHER_METHOD if is_ours else decline.action,
    }


def _customer_text(canned: RejectionReason | Question, now_is: Situation, language: str) -> str:
    assert now_is.refund is not None, "what is said of a request names it"
    request = now_is.refund.request.model_copy(update={"language": language})
    return customer_text(canned, request).text


def _day(at: datetime, now_is: Situation) -> Any:
    return day_of(at, now_is.merchant.time_zone)


def _money(minor: int, like: Money) -> Money:
    return Money(amount_minor=minor, currency=like.currency)


_FIELDS: dict[MessageName, Callable[[Any, Situation, str], Fields]] = {
    M.PAYMENT_LINK: _payment_link,
    M.INVOICE: _invoice,
    M.RECEIPT: _receipt,
    M.CREDIT_NOTE: _credit_note,
    M.REFUND_REQUESTED: _refund,
    M.REFUND_APPROVED: _refund,
    M.REFUND_REJECTED: _refund_rejected,
    M.REFUND_PAID: _refund_paid,
    M.REFUND_FAILED: _refund,
    M.REFUND_INFORMATION_REQUESTED: _refund_information,
    M.PAYMENT_FAILED: _payment_failed,
    M.DISPUTE_OPENED: _dispute_opened,
    M.CARD_EXPIRING: _card_expiring,
    M.ENDPOINT_DISABLED: _endpoint_disabled,
    M.REPORT_READY: _report_ready,
    M.ANOMALY_FOUND: _anomaly_found,
    M.SIGN_IN_CODE: _sign_in_code,
    M.REMINDER: reminder_fields,
    M.OVERDUE: overdue_fields,
    M.CHECKOUT_ABANDONED: abandoned_fields,
}
