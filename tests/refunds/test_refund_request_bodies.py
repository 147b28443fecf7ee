"""What a caller may say who wants a refund, and how much that comes to."""

from typing import Any

import pytest
from pydantic import ValidationError

from kassa.core.errors import InvalidRequest, OverHeadroom
from kassa.gateways.events import ObjectKind
from kassa.gateways.submissions import OrderLine
from kassa.ledger.state import SubjectState
from kassa.refunds.policy.inputs import Reason
from kassa.refunds.request.body import RefundRequestBody, main_charge, requested_amount, with_claim
from kassa.refunds.request.request import (
    LineItem,
    derived_claim_id,
    refund_request_id,
    request_in_message,
    request_of,
)
from tests.support.builders import eur, subject
from tests.support.refund_cases import a_lifecycle, a_payment, a_refund, an_object, charge

PAYMENT = a_payment({})  # 100.00 EUR, nothing reserved


def a_request_body(**fields: Any) -> RefundRequestBody:
    return RefundRequestBody(**{"payment_id": "pi_1", "reason": "damaged"} | fields)


def lines(*amounts: int | None) -> list[dict[str, Any]]:
    return [{"sku": f"sku-{n}", "amount_minor": amount} for n, amount in enumerate(amounts)]


def off(error: pytest.ExceptionInfo[ValidationError]) -> list[str]:
    return [".".join(str(part) for part in one["loc"]) for one in error.value.errors()]


def test_what_is_left_out_is_the_main_stripe_account_and_all_that_is_left() -> None:
    request_body = a_request_body()

    assert (request_body.gateway, request_body.account) == ("stripe", "main")
    assert requested_amount(request_body, PAYMENT) == eur(100_00)


@pytest.mark.parametrize(
    "named",
    [{"payment_id": None}, {"order_id": "order-1"}, {"payment_id": "", "order_id": None}],
)
def test_a_payment_is_named_in_one_way(named: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        a_request_body(**named)


def test_a_payment_may_be_named_by_its_order() -> None:
    assert a_request_body(payment_id=None, order_id="order 1").order_id == "order 1"


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("amount_minor", [1, 10**12, None], [0, -1, 10**12 + 1, 1.0, "1", True]),
        ("currency", ["EUR", None], ["eur", "EURO", "EU", ""]),
        ("comment", ["", "x" * 1000], ["x" * 1001, None]),
        ("claim_id", ["a", "x" * 200, "a.b:c/d@e+f-g_1"], ["", "x" * 201, "a b", "a|b"]),
        ("payment_id", ["pi_1", "x" * 200], ["", "x" * 201, "pi 1"]),
        ("ip_hash", ["0" * 16, "f" * 128], ["0" * 15, "f" * 129, "G" * 16, "AB" * 16]),
        ("address_hash", ["0" * 16, None], ["0" * 15, "Main Street 1"]),
        ("line_items", [[], [{"sku": "a"}] * 100], [[{"sku": "a"}] * 101, [{"sku": ""}]]),
        ("reason", list(Reason), ["because", None]),
        ("gateway", ["stripe"], ["", None]),
    ],
)
def test_a_field_is_bounded(field: str, good: list[Any], bad: list[Any]) -> None:
    for value in good:
        a_request_body(**{field: value})
    for value in bad:
        with pytest.raises(ValidationError) as error:
            a_request_body(**{field: value})
        assert off(error)[0].startswith(field)


@pytest.mark.parametrize("order_id", ["", "x" * 201])
def test_an_orders_id_is_bounded(order_id: str) -> None:
    with pytest.raises(ValidationError):
        a_request_body(payment_id=None, order_id=order_id)


def test_a_surprise_is_refused() -> None:
    with pytest.raises(ValidationError):
        a_request_body(surprise=1)


@pytest.mark.parametrize(
    ("fields", "good"),
    [
        ({"sku": "x" * 100}, True),
        ({"sku": "x" * 101}, False),
        ({"quantity": 1}, True),
        ({"quantity": 0}, False),
        ({"quantity": 100_000}, True),
        ({"quantity": 100_001}, False),
        ({"amount_minor": 1}, True),
        ({"amount_minor": 0}, False),
        ({"category": "x" * 50}, True),
        ({"category": "x" * 51}, False),
        ({"category": ""}, False),
    ],
)
def test_a_line_item_is_bounded(fields: dict[str, Any], good: bool) -> None:
    if good:
        assert LineItem(**{"sku": "a"} | fields)
        return
    with pytest.raises(ValidationError):
        LineItem(**{"sku": "a"} | fields)


# How much is requested.


@pytest.mark.parametrize("amount", [1, 60_00, 100_00])
def test_an_amount_up_to_what_is_left_may_be_requested(amount: int) -> None:
    assert requested_amount(a_request_body(amount_minor=amount), PAYMENT) == eur(amount)


def test_more_than_is_left_is_refused_with_what_is_left() -> None:
    with pytest.raises(OverHeadroom) as over:
        requested_amount(a_request_body(amount_minor=40_01), a_payment())

    assert over.value.left_minor == 40_00
    assert str(over.value) == "amount_minor: 40.00 EUR (4000 minor units) may still be refunded"


@pytest.mark.parametrize("held", [{"rr_1": 100_00}, {"rr_1": 130_00}])
def test_where_nothing_is_left_nothing_may_be_requested(held: dict[str, int]) -> None:
    for request_body in (a_request_body(), a_request_body(amount_minor=1)):
        with pytest.raises(OverHeadroom) as over:
            requested_amount(request_body, a_payment(held))
        assert over.value.left_minor == 0


def test_the_rest_is_what_refunds_and_reservations_leave() -> None:
    payment = a_payment({"rr_1": 30_00}, re_1=a_refund(amount_minor=20_00))

    assert requested_amount(a_request_body(), payment) == eur(50_00)


def test_line_items_with_amounts_sum_up() -> None:
    assert requested_amount(a_request_body(line_items=lines(10_00, 5_00)), PAYMENT) == eur(15_00)


def test_line_items_of_which_one_has_no_amount_say_nothing_of_the_sum() -> None:
    request_body = a_request_body(line_items=lines(10_00, None))

    assert requested_amount(request_body, PAYMENT) == eur(100_00)
    with_amount = a_request_body(line_items=lines(10_00, None), amount_minor=7)
    assert requested_amount(with_amount, PAYMENT) == eur(7)


def test_an_amount_and_its_line_items_must_agree() -> None:
    agreed = a_request_body(line_items=lines(10_00, 5_00), amount_minor=15_00)
    assert requested_amount(agreed, PAYMENT) == eur(15_00)

    with pytest.raises(InvalidRequest, match=r"^amount_minor: the line items sum up to 15.00 EUR"):
        requested_amount(a_request_body(line_items=lines(10_00, 5_00), amount_minor=14_99), PAYMENT)


def test_the_currency_is_the_payments() -> None:
    assert requested_amount(a_request_body(currency="EUR"), PAYMENT) == eur(100_00)
    with pytest.raises(InvalidRequest, match=r"^currency: the payment is in EUR$"):
        requested_amount(a_request_body(currency="USD"), PAYMENT)


def test_a_payment_that_took_nothing_has_nothing_left() -> None:
    for payment in (SubjectState(), SubjectState(objects={"re_1": a_refund()})):
        with pytest.raises(OverHeadroom, match=r"^amount_minor: nothing of the payment") as over:
            requested_amount(a_request_body(), payment)
        assert over.value.left_minor == 0


def test_the_main_charge_is_the_largest_captured_one_and_of_equals_the_last() -> None:
    first, last = charge(60_00, happened_at=1), charge(60_00, happened_at=2)
    small, open_one = charge(1, happened_at=3), an_object(ObjectKind.CHARGE, "authorized", 99_00)
    several = {"ch_1": small, "ch_2": last, "ch_3": first, "ch_4": open_one}

    assert main_charge(SubjectState(objects=several)) == last


# What names what.


@pytest.mark.parametrize(
    ("categories", "category"),
    [
        ([], None),
        ([None], None),
        (["books"], "books"),
        (["books", "books"], "books"),
        (["books", "games"], "mixed"),
        (["books", None], "mixed"),
    ],
)
def test_the_category_is_all_lines_or_mixed(categories: list[Any], category: Any) -> None:
    items = [{"sku": "a", "category": one} for one in categories]

    assert a_request_body(line_items=items).category == category


def test_a_claim_is_named_by_the_caller_or_by_what_it_says() -> None:
    assert a_request_body(claim_id="mine").claim == "mine"
    plain = a_request_body()
    assert plain.claim.startswith("derived-")
    others = [
        a_request_body(amount_minor=1),
        a_request_body(amount_minor=2),
        a_request_body(line_items=[{"sku": "a"}]),
        a_request_body(line_items=[{"sku": "a", "quantity": 2}]),
        a_request_body(line_items=[{"sku": "a"}, {"sku": "b"}]),
    ]
    assert len({plain.claim, *(other.claim for other in others)}) == 6


SAME = [
    ({"reason": "other"}, {}),
    ({"comment": "broken"}, {"comment": "it is broken"}),
    ({"line_items": [{"sku": "A 1"}]}, {"line_items": [{"sku": " a  1 "}], "reason": "other"}),
    ({"line_items": [{"sku": "ａ"}]}, {"line_items": [{"sku": "A"}]}),
    ({"line_items": [{"sku": "a"}, {"sku": "b"}]}, {"line_items": [{"sku": "b"}, {"sku": "a"}]}),
    ({"line_items": [{"sku": "a"}] * 2}, {"line_items": [{"sku": "a", "quantity": 2}]}),
    ({"line_items": [{"sku": "a"}]}, {"line_items": [{"sku": "a", "category": "x"}]}),
    ({"line_items": [{"sku": "a"}], "amount_minor": 9}, {"line_items": [{"sku": "a"}]}),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_complaint_with_another_comment_is_the_same_claim(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert a_request_body(**one).claim == a_request_body(**other).claim


def test_all_that_is_left_is_the_claim_of_the_whole_payment() -> None:
    whole = with_claim(a_request_body(), PAYMENT, ())

    assert whole.claim == with_claim(a_request_body(amount_minor=100_00), PAYMENT, ()).claim
    assert whole.claim != with_claim(a_request_body(amount_minor=99_99), PAYMENT, ()).claim
    assert with_claim(a_request_body(claim_id="mine"), PAYMENT, ()).claim == "mine"


def test_a_line_is_the_same_by_its_id_and_by_its_name() -> None:
    ordered = (OrderLine(name="Blue Lamp", quantity=2, amount_minor=50_00, sku="L-1"),)
    by_id = with_claim(a_request_body(line_items=[{"sku": "l-1"}]), PAYMENT, ordered)
    by_name = with_claim(a_request_body(line_items=[{"sku": "blue lamp"}]), PAYMENT, ordered)

    assert by_id.claim == by_name.claim


def test_names_stay_what_they_were() -> None:
    """Stored requests are found by these names for ever."""
    assert refund_request_id(subject(), "claim-1") == "rr_4cc4390ff322219fc444f1c5"
    assert derived_claim_id(1, {}) == "derived-96b442c6519468b1681fd85a"
    assert derived_claim_id(1, {"b": 1, "a": 2}) == derived_claim_id(None, {"a": 2, "b": 1})


def test_a_request_is_one_for_each_payment_and_claim() -> None:
    ids = {
        refund_request_id(subject("pi_1"), "a"),
        refund_request_id(subject("pi_1"), "b"),
        refund_request_id(subject("pi_2"), "a"),
    }
    assert len(ids) == 3


@pytest.mark.parametrize(("number", "name"), [(1, "rr_1"), (2, "rr_1.2"), (12, "rr_1.12")])
def test_a_submission_is_the_request_or_its_round(number: int, name: str) -> None:
    assert a_lifecycle(round=number).submission_id == name
    assert request_of(name) == "rr_1"


@pytest.mark.parametrize(
    ("message", "named"),
    [
        ({"refund_request_id": "rr_1"}, "rr_1"),
        ({"refund_request_id": "rr_1.2"}, "rr_1"),
        ({"detail": {"data": {"refund_request_id": "rr_1.3"}}}, "rr_1"),
        ({"refund_request_id": "rr_1", "detail": {"data": {"refund_request_id": "rr_2"}}}, "rr_1"),
        ({"detail": {"data": {}}}, None),
        ({"detail": {}}, None),
        ({"detail": None}, None),
        ({"refund_request_id": 7}, None),
        ({"detail": {"data": {"refund_request_id": None}}}, None),
        ({}, None),
    ],
)
def test_a_message_wakes_the_request_it_names(message: dict[str, Any], named: Any) -> None:
    assert request_in_message(message) == named
