"""What can be read of what a fact is about, when its records are built: as it stands then."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from kassa.customers.store import Customers
from kassa.gateways.events import Subject, SubjectKind
from kassa.ledger.items import read_state
from kassa.ledger.payment_details import payment_details
from kassa.orders.store import Orders
from kassa.partners.ports import BuyerForgotten, FactContext, View
from kassa.platform.settings import settings


def context(fact: Mapping[str, Any]) -> FactContext:
    """Return a fact with its views, each read at most once, when it is asked for.

    A view raises BuyerForgotten for a buyer who was named and is forgotten since.
    """
    readers: dict[str, Callable[[], View]] = {
        "payment": cache(lambda: _payment(fact)),
        "order": cache(lambda: _order(fact, view)),
        "buyer": cache(lambda: _buyer(fact, view)),
    }

    def view(name: str) -> View:
        return readers[name]()

    return FactContext(fact, view)


def _payment(fact: Mapping[str, Any]) -> View:
    """Return how the payment that a fact is about stands: at least as it did after the fact."""
    about, data = fact["metadata"], fact["data"]
    is_payment = about["subject_kind"] == SubjectKind.PAYMENT
    payment_id = about["subject_id"] if is_payment else data.get("payment_id")
    if not payment_id:
        return None
    subject = Subject(
        gateway=about["gateway"],
        account=about["account"],
        kind=SubjectKind.PAYMENT,
        subject_id=payment_id,
    )
    state = read_state(subject)
    if not state.version:
        return None
    details = payment_details(subject, state).model_dump(mode="json", exclude_none=True)
    return details | {"version": state.version}


def _order(fact: Mapping[str, Any], view: Callable[[str], View]) -> View:
    """Return what the shop sent of the order that a fact, or its payment, names."""
    named = fact["data"].get("order_id") or (view("payment") or {}).get("order_id")
    order = Orders(settings().merchant_id).content(str(named)) if named else None
    return order.model_dump(mode="json", exclude_none=True) if order else None


def _buyer(fact: Mapping[str, Any], view: Callable[[str], View]) -> View:
    """Return whom an order was sent with."""
    order, customers = view("order") or {}, Customers(settings().merchant_id)
    customer_id, order_id = order.get("customer_id"), order.get("order_id")
    if not customer_id or not order_id:
        return None
    buyer = customers.buyer_of(customer_id, order_id)
    if buyer is None and customers.was_named(customer_id, order_id):
        raise BuyerForgotten(f"the buyer of {order_id}")
    return buyer.model_dump(mode="json", exclude_none=True) if buyer else None
