"""Whose a payment is: the order's word outranks the gateway's, and no two customers are alike."""

from itertools import permutations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kassa.gateways.customers import Customer, surer
from kassa.gateways.events import GatewayEvent, ObjectKind
from kassa.ledger.state import SubjectState, join
from tests.support.builders import NOW, object_report, subject

TELLINGS = st.none() | st.builds(Customer, st.sampled_from(["a", "b", "zz"]), st.booleans())


@given(one=TELLINGS, other=TELLINGS, third=TELLINGS)
def test_which_report_came_first_never_matters(
    one: Customer | None, other: Customer | None, third: Customer | None
) -> None:
    assert surer(one, other) == surer(other, one)
    assert surer(surer(one, other), third) == surer(one, surer(other, third))
    assert surer(one, one) == one


def test_an_orders_customer_is_surer_than_any_a_gateway_names() -> None:
    assert surer(Customer("a", True), Customer("zz")) == Customer("a", True)
    assert surer(None, Customer("zz")) == Customer("zz")
    assert surer(None, None) is None


def test_a_gateways_id_means_something_at_its_account_alone() -> None:
    keys = {
        Customer("7", True).key("stripe", "main"),
        Customer("7").key("stripe", "main"),
        Customer("7").key("stripe", "other"),
        Customer("7").key("adyen", "main"),
    }
    assert len(keys) == 4
    assert Customer("7", True).key("adyen", "other") == Customer("7", True).key("stripe", "main")


def event_of(number: int, **more: Any) -> GatewayEvent:
    return GatewayEvent(
        event_id=f"evt_{number}",
        subject=subject(),
        gateway_type="reported",
        happened_at=NOW,
        object_reports=(object_report(f"ch_{number}", ObjectKind.CHARGE, "captured"),),
        **more,
    )


def test_a_payments_customer_is_the_orders_in_whatever_order_it_is_reported() -> None:
    events = [
        event_of(1, customer_id="zz_gateways"),
        event_of(2, customer_id="customer-1", customer_from_order=True),
        event_of(3),
        event_of(4, customer_id=""),
    ]
    for order in permutations(events):
        state = SubjectState()
        for event in order:
            state = join(state, event)
        assert state.customer == Customer("customer-1", True)
    assert join(SubjectState(), events[3]).customer is None
    assert join(SubjectState(), events[0]).customer == Customer("zz_gateways")
