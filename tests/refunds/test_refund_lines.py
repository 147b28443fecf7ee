"""Lines of an order are known by id or name, and given back no more often than they were sold."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.core.errors import LinesRefunded
from kassa.gateways.submissions import OrderLine
from kassa.refunds.request.holds import Hold
from kassa.refunds.request.lines import (
    given_back,
    line_id,
    may_be_repeated,
    ordered,
    requested_units,
    require_left,
)
from kassa.refunds.request.request import LineItem


def sold(name: str, quantity: int = 1, sku: str | None = None) -> OrderLine:
    return OrderLine(name=name, quantity=quantity, amount_minor=1, sku=sku)


def items(*named: tuple[str, int]) -> list[LineItem]:
    return [LineItem(sku=sku, quantity=quantity) for sku, quantity in named]


@pytest.mark.parametrize("spelled", ["A 1", " a  1 ", "Ａ\u3000１", "a\t1"])
def test_a_line_is_the_same_in_whatever_case_and_spacing(spelled: str) -> None:
    assert line_id(spelled) == "a 1"


def test_what_was_ordered_adds_up_by_id_and_else_by_name() -> None:
    lines = [sold("Lamp", 2, "L1"), sold("Lamp", 1, "l1"), sold("Bulb", 4)]
    assert ordered(lines) == {"l1": 3, "bulb": 4}


def test_what_is_requested_adds_up_and_a_name_leads_to_its_id() -> None:
    lines = (sold("Lamp", 2, "L1"), sold("Bulb", 4))
    assert requested_units(items(("lamp", 1), ("L1", 2), ("bulb", 1)), lines) == {
        "l1": 3,
        "bulb": 1,
    }
    assert requested_units(items(("x", 1), ("X ", 2))) == {"x": 3}


def test_a_name_that_two_lines_have_leads_nowhere() -> None:
    lines = (sold("Shirt", 1, "S"), sold("Shirt", 1, "M"))
    assert requested_units(items(("shirt", 1)), lines) == {"shirt": 1}


def test_what_is_an_id_of_one_line_is_never_taken_for_the_name_of_another() -> None:
    lines = (sold("Lamp", 1, "Bulb"), sold("Bulb", 1, "X"))
    assert requested_units(items(("bulb", 1)), lines) == {"bulb": 1}


def test_what_was_given_back_adds_up_over_requests_but_one() -> None:
    refunded = {"rr_1": {"a": 1, "b": 1}, "rr_2": {"a": 2}}
    assert given_back(refunded) == {"a": 3, "b": 1}
    assert given_back(refunded, "rr_2") == {"a": 1, "b": 1}


@pytest.mark.parametrize(
    ("requested", "gone", "left"),
    [
        ({"a": 2}, {}, None),
        ({"a": 1}, {"a": 1}, None),
        ({"a": 3}, {}, {"a": 2}),
        ({"a": 2}, {"a": 1}, {"a": 1}),
        ({"a": 1}, {"a": 5}, {"a": 0}),
        ({"a": 1, "b": 2}, {"a": 2}, {"a": 0, "b": 9}),
        ({"x": 99}, {"x": 99}, None),  # nobody knows how many there are
    ],
)
def test_more_than_is_left_is_refused_with_what_is_left(
    requested: dict[str, int], gone: dict[str, int], left: dict[str, int] | None
) -> None:
    if left is None:
        require_left(requested, {"a": 2, "b": 9}, gone)
        return
    with pytest.raises(LinesRefunded) as refused:
        require_left(requested, {"a": 2, "b": 9}, gone)
    assert refused.value.left_lines == left
    assert str(refused.value) == f"line_items: {left['a']} of a may still be refunded"


def test_every_line_that_is_short_is_named() -> None:
    with pytest.raises(LinesRefunded, match=r"^line_items: 1 of a, 0 of b may still be refunded$"):
        require_left({"b": 2, "a": 2}, {"a": 1, "b": 1}, {"b": 1})


@pytest.mark.parametrize(
    ("requested", "gone", "may_be"),
    [
        ({"x": 1}, {"x": 1}, True),
        ({"x": 1}, {}, False),
        ({"x": 1}, {"y": 1}, False),
        ({"a": 1}, {"a": 1}, False),  # how many there are is known
        ({"a": 1, "x": 1}, {"x": 2}, True),
    ],
)
def test_a_line_given_back_before_may_be_repeated_where_nobody_knows_how_many_there_are(
    requested: dict[str, int], gone: dict[str, int], may_be: bool
) -> None:
    assert may_be_repeated(requested, {"a": 2}, gone) is may_be


@pytest.mark.parametrize(
    ("hold", "after"),
    [
        (Hold("rr_2", 5, {"b": 1}), {"rr_1": {"a": 1}, "rr_2": {"b": 1}}),
        (Hold("rr_1", 5, {"a": 2}), {"rr_1": {"a": 2}}),
        (Hold("rr_1.2", 5, {"a": 2}), {"rr_1": {"a": 2}}),  # asked anew, the same lines
        (Hold("rr_1", 1, {"a": 2}), {"rr_1": {"a": 2}}),
        (Hold("rr_1"), {}),
        (Hold("rr_1", 0, {"a": 1}), {}),
        (Hold("rr_1", 1), {}),
        (Hold("rr_3"), {"rr_1": {"a": 1}}),
    ],
)
def test_lines_are_held_under_the_request_as_long_as_an_amount_is(hold: Hold, after: Any) -> None:
    assert hold.lines_after({"rr_1": {"a": 1}}) == after


QUANTITIES = st.dictionaries(st.sampled_from("abc"), st.integers(1, 4), max_size=3)


@given(sold_=QUANTITIES, request_bodies=st.lists(QUANTITIES, max_size=8))
def test_whatever_is_requested_in_whatever_order_no_line_goes_beyond_its_quantity(
    sold_: dict[str, int], request_bodies: list[dict[str, int]]
) -> None:
    held: dict[str, dict[str, int]] = {}
    for n, request_body in enumerate(request_bodies):
        with suppress(LinesRefunded):
            require_left(request_body, sold_, given_back(held))
            held = Hold(f"rr_{n}", 1, request_body).lines_after(held)
    gone = given_back(held)
    assert all(gone[one] <= quantity for one, quantity in sold_.items())
