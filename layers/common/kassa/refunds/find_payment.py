"""Finds the payment that somebody means: by its id, by a charge's, or by its order."""

from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from kassa.core.errors import Conflict, PaymentNotFound
from kassa.gateways.events import Subject, SubjectKind
from kassa.gateways.registry import MANUAL
from kassa.ledger.items import partition, subject_state
from kassa.ledger.state import SubjectState
from kassa.ledger.store import Books
from kassa.orders.order import Order
from kassa.orders.store import Orders
from kassa.platform import keys, table
from kassa.platform.settings import settings
from kassa.refunds.request.body import RefundRequestBody

PAYMENTS_MAX = 20  # of one order


class Found(NamedTuple):
    """A payment, how it stands, and the order that Kassa opened for it, if it did."""

    subject: Subject
    state: SubjectState
    order: Order | None = None


def meant_by(request_body: RefundRequestBody) -> Found:
    """Return the payment that a request names; one that names an order alone may be at any gateway.

    Its order says whose it is, also where that wasn't known yet when the payment was booked. Raises
    PaymentNotFound, or Conflict where several payments could be meant.
    """
    if (
        request_body.order_id is not None
        and not {"gateway", "account"} & request_body.model_fields_set
    ):
        found = of_order(request_body.order_id)
    else:
        found = PaymentFinder(request_body.gateway, request_body.account).meant_by(request_body)
    order_id = found.state.order_id
    case = Orders(settings().merchant_id).find(order_id) if order_id else None
    if case is None:
        return found
    state, customer_id = found.state, case.order.customer_id
    if customer_id is not None:
        customer = {"customer_id": customer_id, "customer_from_order": True}
        state = state.model_copy(update=customer)
    return Found(found.subject, state, case.order)


def accounts() -> Iterator[tuple[str, str]]:
    """Yield the gateway accounts that the stack names, then those that people enter payments at."""
    yield from named_accounts()
    entered = table.get(keys.manual_accounts(settings().merchant_id)) or {}
    yield from ((MANUAL, account) for account in sorted(entered.get("names", ())))


def named_accounts() -> Iterator[tuple[str, str]]:
    """Yield the gateway accounts that the stack names."""
    for one in settings().gateway_accounts.split(","):
        gateway, _, account = one.strip().partition("/")
        yield gateway, account or "main"


def of_order(order_id: str) -> Found:
    """Return the payment that paid an order, at whichever gateway that was."""
    case = Orders(settings().merchant_id).find(order_id)
    payers = case.lifecycle.payers if case else ()
    if len(payers) > 1:
        named = ", ".join(f"{one.gateway} {one.payment_id}" for one in payers)
        raise Conflict(f"order {order_id} was paid by several payments, name one: {named}")
    if payers:
        (paid_by,) = payers
        return PaymentFinder(paid_by.gateway, paid_by.account).by_id(paid_by.payment_id)
    found = list(_everywhere(order_id))
    captured = [one for one in found if one.state.captured_minor]
    if len(captured) > 1:
        named = ", ".join(f"{one.subject.gateway} {one.subject.subject_id}" for one in captured)
        raise Conflict(f"order {order_id} has several payments, name one: {named}")
    if not found:
        raise PaymentNotFound(f"no gateway account has an order {order_id}")
    return (captured or found)[0]


def _everywhere(order_id: str) -> Iterator[Found]:
    """Yield the payment of an order at each gateway account that has one."""
    for account in accounts():
        with suppress(PaymentNotFound):
            yield PaymentFinder(*account).by_order(order_id)


class PaymentFinder:
    """Finds payments of one gateway account."""

    def __init__(self, gateway: str, account: str) -> None:
        self._gateway = gateway
        self._account = account

    def meant_by(self, request_body: RefundRequestBody) -> Found:
        """Return the payment that a request names; raise PaymentNotFound, or Conflict for
        several.
        """
        if request_body.payment_id is not None:
            return self.by_id(request_body.payment_id)
        return self.by_order(request_body.order_id or "")

    def by_id(self, payment_id: str) -> Found:
        """Return a payment by its id, or by a charge of it; raise PaymentNotFound."""
        found = self._read(payment_id)
        if found is None:
            behind = Books().payment_of(self._gateway, self._account, payment_id)
            found = self._read(behind) if behind else None
        if found is None:
            raise PaymentNotFound(f"{self._gateway}/{self._account} has no payment {payment_id}")
        return found

    def by_order(self, order_id: str) -> Found:
        """Return the one payment of an order that money was taken by.

        Raises PaymentNotFound where there is none, Conflict where there are several.
        """
        payments = self.all_of(order_id)
        captured = [found for found in payments if found.state.captured_minor]
        if len(captured) > 1:
            named = ", ".join(found.subject.subject_id for found in captured)
            raise Conflict(f"order {order_id} has several payments, name one: {named}")
        if not payments:
            raise PaymentNotFound(f"{self._gateway}/{self._account} has no order {order_id}")
        return (captured or payments)[0]

    def all_of(self, order_id: str) -> list[Found]:
        """Return every payment of an order, whether money was taken by it or not."""
        items, _ = table.query(
            IndexName="GSI1",
            KeyConditionExpression="GSI1PK = :order",
            ExpressionAttributeValues=table.typed(
                {":order": keys.order(self._gateway, self._account, order_id)}
            ),
            Limit=PAYMENTS_MAX,
        )
        payment_ids = sorted({str(item["GSI1SK"]) for item in items})
        return [found for found in map(self._read, payment_ids) if found is not None]

    def _read(self, payment_id: str) -> Found | None:
        subject = Subject(
            gateway=self._gateway,
            account=self._account,
            kind=SubjectKind.PAYMENT,
            subject_id=payment_id,
        )
        item = table.get(keys.state(partition(subject)))
        return Found(subject, subject_state(item)) if item else None
