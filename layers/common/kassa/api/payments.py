"""The routes that read payments: one with all that happened to it, or what a refund needs."""

from typing import Annotated

from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Query

from kassa.api import payment_lists
from kassa.api.payment_lists import PaymentFilter, PaymentPage
from kassa.core.errors import InvalidRequest
from kassa.core.model import Model
from kassa.gateways.events import Subject, SubjectKind
from kassa.http_api.api import NOT_FOUND, OK, an_id
from kassa.http_api.list_parameters import (
    Account,
    Cursor,
    CustomerId,
    Day,
    Gateway,
    Limit,
    OrderId,
    a_name,
)
from kassa.ledger.history import BookedPosting, PaymentState, booked_postings, payment_state
from kassa.ledger.items import BookedEvent
from kassa.ledger.lists.events import EventLists
from kassa.ledger.objects import PaymentStatus
from kassa.platform import clock
from kassa.platform.index_pages import PageRequest

routes = Router()  # type: ignore[no-untyped-call]


class Payment(Model):
    """A payment: how it stands, its postings and the events they come from."""

    state: PaymentState
    postings: tuple[BookedPosting, ...]
    events: tuple[BookedEvent, ...]


AtGateway = Annotated[str, an_id("The gateway's name, for example stripe.")]
AtAccount = Annotated[str, an_id("The gateway account, main if there is one.")]
PaymentId = Annotated[str, an_id("The payment's id, the gateway's own.")]
AnyPaymentId = Annotated[
    str | None, a_name("The gateway's id of the payment, or of a charge of it.")
]
Status = Annotated[PaymentStatus | None, Query(description="Only payments that stand so.")]


@routes.get(
    "/payments/<gateway>/<account>/<payment_id>",
    operation_id="getPayment",
    summary="A payment with its postings and events",
    tags=["payments"],
    responses=OK | NOT_FOUND,
)
def get_payment(gateway: AtGateway, account: AtAccount, payment_id: PaymentId) -> Payment:
    """Return how a payment stands, every posting it made and every event that told of it."""
    subject = Subject(
        gateway=gateway, account=account, kind=SubjectKind.PAYMENT, subject_id=payment_id
    )
    history = EventLists().history(subject)
    facts = [fact for event in history.events for fact in event.facts]
    return Payment(
        state=payment_state(subject, history.state, history.headroom_minor),
        postings=booked_postings(facts),
        events=history.events,
    )


@routes.get(
    "/payments",
    operation_id="listPayments",
    summary="The payments of a day, a customer or an order, or the one that is named",
    tags=["payments"],
    responses=OK,
)
def get_payments(
    day: Day = None,
    payment_id: AnyPaymentId = None,
    order_id: OrderId = None,
    customer_id: CustomerId = None,
    gateway: Gateway = None,
    account: Account = None,
    status: Status = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> PaymentPage:
    """Return a page of payments, newest first; with a filter it may hold fewer than asked for."""
    named = {"payment_id": payment_id, "order_id": order_id, "customer_id": customer_id, "day": day}
    if len(given := [name for name, value in named.items() if value is not None]) > 1:
        raise InvalidRequest(f"{given[1]}: payments are listed by {given[0]} or by {given[1]}")
    if cursor is not None and (payment_id or order_id):
        raise InvalidRequest("cursor: what one id names comes on one page")
    payment_filter, request = PaymentFilter(gateway, account, status), PageRequest(cursor, limit)
    if payment_id is not None:
        return payment_lists.named(payment_id, payment_filter)
    if order_id is not None:
        return payment_lists.of_order(order_id, payment_filter)
    if customer_id is not None:
        return payment_lists.of_customer(customer_id, payment_filter, request)
    return payment_lists.of_day(day or clock.now().date(), payment_filter, request)
