"""The routes that read payments: one with all that happened to it, or what a refund needs."""

from typing import Annotated

from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from kassa.adapters.event_items import BookedEvent
from kassa.adapters.event_lists import EventLists
from kassa.adapters.http_api import CONFLICT, NOT_FOUND, OK
from kassa.adapters.payment_finder import PaymentFinder, of_order
from kassa.domain.events import Subject, SubjectKind
from kassa.domain.histories import BookedPosting, PaymentState, booked_postings, payment_state
from kassa.domain.model import Model
from kassa.domain.payment_details import PaymentDetails, payment_details
from kassa.errors import InvalidRequest

routes = Router()  # type: ignore[no-untyped-call]


class Payment(Model):
    """A payment: how it stands, its postings and the events they come from."""

    state: PaymentState
    postings: tuple[BookedPosting, ...]
    events: tuple[BookedEvent, ...]


Gateway = Annotated[str, Path(description="The gateway's name, for example stripe.")]
GatewayAccount = Annotated[str, Path(description="The gateway account, main if there is one.")]
PaymentId = Annotated[str, Path(description="The payment's id, the gateway's own.")]
AnyPaymentId = Annotated[
    str | None, Query(description="The gateway's id of the payment, or of a charge of it.")
]
OrderId = Annotated[str | None, Query(description="The shop's id of the order.")]
OfGateway = Annotated[
    str | None,
    Query(description="The gateway's name; without it stripe, or for an order whichever paid it."),
]
OfAccount = Annotated[str | None, Query(description="The gateway account, main if not said.")]


@routes.get(
    "/payments/<gateway>/<account>/<payment_id>",
    operation_id="getPayment",
    summary="A payment with its postings and events",
    tags=["payments"],
    responses=OK | NOT_FOUND,
)
def get_payment(gateway: Gateway, account: GatewayAccount, payment_id: PaymentId) -> Payment:
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
    operation_id="findPayment",
    summary="What one needs to know of a payment before asking for a refund",
    tags=["payments"],
    responses=OK | NOT_FOUND | CONFLICT,
)
def find_payment(
    payment_id: AnyPaymentId = None,
    order_id: OrderId = None,
    gateway: OfGateway = None,
    account: OfAccount = None,
) -> PaymentDetails:
    """Return status, amount, date and what may still be refunded, by payment, charge or order."""
    if (payment_id is None) == (order_id is None):
        raise InvalidRequest("payment_id: name the payment by payment_id or by order_id")
    if order_id is not None and gateway is None and account is None:
        found = of_order(order_id)
        return payment_details(found.subject, found.state)
    finder = PaymentFinder(gateway or "stripe", account or "main")
    found = finder.by_order(order_id or "") if payment_id is None else finder.by_id(payment_id)
    return payment_details(found.subject, found.state)
