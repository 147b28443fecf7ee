"""Read how things stand that a fact is about: its order, invoice, refund, payment and customer."""

from dataclasses import replace
from typing import Any

from kassa.core.merchant import Merchant
from kassa.gateways import declines
from kassa.gateways.declines import Decline, DeclineScope
from kassa.gateways.events import Subject, SubjectKind
from kassa.ledger.facts import CardExpiring, PaymentFailed, fact_subject
from kassa.ledger.items import read_newest, read_state
from kassa.messages.facts import MessageFact
from kassa.messages.situations.read_customer import read_customer
from kassa.messages.situations.read_sale import (
    read_buyer,
    read_invoiced,
    read_order,
    read_ordered,
)
from kassa.messages.situations.situation import MailedReport, Situation
from kassa.platform import clock, documents
from kassa.platform.settings import settings
from kassa.refunds.request.request import request_of
from kassa.refunds.store import RefundRequests

MAILED = "mail.json"  # beside a report's page


def read_situation(fact: MessageFact) -> Situation:
    """Return what a fact is about as it stands now, consistently."""
    data: Any = fact.data
    merchant = Merchant.from_settings(settings().model_dump())
    if (customer := read_customer(data, merchant)) is not None:
        return customer
    if data.fact == "PaymentLinkRequested":
        return read_ordered(data, merchant)
    if data.fact == "ReportClosed":
        return _of_report(data, merchant)
    if number := getattr(data, "number", None):
        return read_invoiced(data, number, merchant)
    known = getattr(data, "refund_request_id", None)
    now_is = Situation(merchant, refund=RefundRequests().find(request_of(known)) if known else None)
    if isinstance(data, CardExpiring):
        return _of_card(data, fact_subject(fact.metadata), merchant)
    if fact.metadata.subject_kind == SubjectKind.PAYMENT:
        return _of_payment(fact, now_is)
    return _of_refund(now_is)


def _of_report(data: Any, merchant: Merchant) -> Situation:
    """Return what is mailed of a report, and of which periods reports are mailed at all."""
    mailed = tuple(settings().mailed_reports.split(","))
    which = data.last_day if data.period == "daily" else data.page_key.split("/")[-2]
    first = documents.find(f"{data.page_key.rpartition('/')[0]}/{MAILED}")
    return Situation(
        merchant,
        mailed_reports=mailed,
        mailed_report=MailedReport.read(first),
        documents={f"report-{which}.html": data.page_key},
        report=data.page_key.split("/")[-2],
    )


def _of_payment(fact: MessageFact, now_is: Situation) -> Situation:
    merchant_id = now_is.merchant.merchant_id
    payment = read_state(fact_subject(fact.metadata))
    case = read_order(payment.order_id, merchant_id)
    ours = case.order.buyer_id if case else payment.customer_id
    return replace(
        now_is,
        order=case,
        gateway_object=payment.objects.get(fact.data.object_id),
        decline=_decline(fact),
        customer_id=ours or f"payment:{fact.metadata.subject_id}",
        buyer=read_buyer(ours, case, merchant_id),
        language=case.order.language if case else payment.language,
    )


def _of_card(card: CardExpiring, subject: Subject, merchant: Merchant) -> Situation:
    """Return whose card it is: the buyer of the newest order that its gateway's customer paid.

    Where no order of ours was paid so, the shop may know them by the gateway's id.
    """
    merchant_id, theirs = merchant.merchant_id, card.customer_id
    payments = read_newest(subject, theirs) if theirs else []
    cases = (read_order(one.order_id, merchant_id) for one in payments)
    case = next((one for one in cases if one is not None), None)
    ours = case.order.buyer_id if case else theirs
    return Situation(
        merchant,
        order=case,
        customer_id=ours or f"card:{subject.subject_id}",
        is_card_good=merchant.day_of(clock.now()) <= card.last_day,
        buyer=read_buyer(ours, case, merchant_id),
        language=case.order.language if case else None,
    )


def _decline(fact: MessageFact) -> Decline | None:
    """Return what the code of a failed payment means, at the gateways that list theirs."""
    if not isinstance(fact.data, PaymentFailed) or fact.data.reason is None:
        return None
    table = declines.table(fact.metadata.gateway)
    return declines.known(table, fact.data.reason, DeclineScope.PAYMENT)


def _of_refund(now_is: Situation) -> Situation:
    if now_is.refund is None:
        return now_is
    request, merchant_id = now_is.refund.request, now_is.merchant.merchant_id
    case = read_order(request.order_id, merchant_id)
    ours = case.order.buyer_id if case else request.customer_id
    return replace(
        now_is,
        order=case,
        customer_id=ours or f"payment:{request.payment.subject_id}",
        buyer=read_buyer(ours, case, merchant_id),
        language=request.language or (case.order.language if case else None),
    )
