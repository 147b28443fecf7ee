"""An order's content: what is malformed is named, what changed is shown."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from kassa.gateways.submissions import OrderLine
from kassa.orders.attempts import begun
from kassa.orders.order import Order, differences
from tests.support.builders import NOW
from tests.support.orders import MALFORMED, ORDER_BODY, order


@pytest.mark.parametrize(("field", "value"), MALFORMED)
def test_what_is_malformed_is_named_by_its_field(field: str, value: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        Order.model_validate(ORDER_BODY | {field: value})

    assert {str(one["loc"][0]) for one in refused.value.errors()} == {field}


@pytest.mark.parametrize("field", ["order_id", "amount_minor", "currency", "success_url"])
def test_what_is_missing_is_named_by_its_field(field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        order(**{field: None})

    assert [one["loc"] for one in refused.value.errors()] == [(field,)]


def test_everything_that_is_malformed_is_named_at_once() -> None:
    with pytest.raises(ValidationError) as refused:
        order(amount_minor=0, currency="euro", country="x", cancel_url="/cart")

    named = [str(one["loc"][0]) for one in refused.value.errors()]
    assert named == ["amount_minor", "currency", "country", "cancel_url"]


def test_a_shop_on_this_machine_may_go_without_https() -> None:
    assert order(success_url="http://localhost:8000/thanks").success_url.startswith("http://")


def test_the_same_fields_show_no_difference() -> None:
    assert differences(order(), order()) == []


def test_every_difference_is_shown_as_it_was_and_as_it_is() -> None:
    changed = order(amount_minor=90_00, lines=None, country=None, method="card")

    assert differences(order(), changed) == [
        {"field": "amount_minor", "was": 100_00, "is": 90_00},
        {"field": "lines", "was": ORDER_BODY["lines"], "is": []},
        {"field": "method", "was": None, "is": "card"},
        {"field": "country", "was": "FI", "is": None},
    ]


def test_an_attempt_is_submitted_with_the_same_params_every_time() -> None:
    attempt = begun(3, ("stripe", "main"), NOW)
    submission = order().submission(attempt)

    assert submission == order().submission(attempt)
    assert (submission.submission_id, submission.idempotency_key) == (
        "order-1.3",
        "checkout:order-1.3",
    )
    assert (
        submission.submission_id
        != order().submission(begun(4, ("stripe", "main"), NOW)).submission_id
    )
    assert (submission.amount.amount_minor, submission.amount.currency) == (100_00, "EUR")
    assert submission.lines == (OrderLine(name="Lamp", quantity=2, amount_minor=100_00),)


@given(st.text(max_size=80))
def test_an_id_is_taken_as_it_is_or_not_at_all(order_id: str) -> None:
    try:
        taken = order(order_id=order_id)
    except ValidationError:
        return
    assert taken.order_id == order_id
    assert order_id.isascii()
    assert not set(order_id) & set("@/# ")
