"""What a draft comes to: rates, discounts, inclusive prices; the parts add up to the whole."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from kassa.billing.documents.draft import Rounding
from kassa.billing.documents.lines import Adjustment
from kassa.billing.documents.totals import Document, shared, worked_out
from kassa.core.errors import InvalidRequest
from kassa.core.tax import Tax, TaxCategory
from tests.support.billing import draft, line, taxed
from tests.support.billing_drafts import MINOR, drafts

EXEMPT = Tax(category=TaxCategory.EXEMPT, reason="Exempt by law")


def totals(document: Document) -> list[tuple[str, int, int]]:
    return [(f"{one.tax.rate:f}", one.net_minor, one.tax_minor) for one in document.taxes]


def test_tax_is_rounded_once_for_each_rate_not_line_by_line() -> None:
    document = worked_out(draft([line(33, "25.5"), line(33, "25.5"), line(33, "25.5")]))

    assert totals(document) == [("25.5", 99, 25)]  # three times 8.415 would be 24
    assert (document.net_minor, document.gross_minor) == (99, 124)


def test_each_rate_has_its_sum_and_what_isnt_taxed_has_its_reason() -> None:
    rows = [line(100_00, "25.5"), line(50_00, "14"), line(10_00, tax=EXEMPT), line(1_00, "25.50")]
    document = worked_out(draft(rows))

    assert totals(document) == [("25.5", 101_00, 25_76), ("14", 50_00, 7_00), ("0", 10_00, 0)]
    assert document.taxes[2].tax.reason == "Exempt by law"
    assert document.gross_minor == 193_76


def test_where_prices_include_tax_what_is_paid_is_their_sum() -> None:
    rows = [line(1_00, "24", quantity=3), line(33, "24"), line(9_99, "14")]
    document = worked_out(draft(rows, prices_include_tax=True))

    assert document.gross_minor == 3_00 + 33 + 9_99
    assert totals(document) == [("24", 2_69, 64), ("14", 8_76, 1_23)]
    assert [one.net_minor for one in document.lines] == [2_42, 27, 8_76]
    assert [one.entered_minor for one in document.lines] == [3_00, 33, 9_99]


@pytest.mark.parametrize(("rounding", "tax_minor"), [("half_up", 55), ("down", 54)])
def test_a_seller_may_round_a_rates_tax_down(rounding: str, tax_minor: int) -> None:
    given_down = draft([line(545, "10")], currency="JPY", rounding=Rounding(rounding))

    assert worked_out(given_down).tax_minor == tax_minor


def test_discounts_and_charges_of_a_line_are_taxed_with_it() -> None:
    off = Adjustment(percent=Decimal(10), reason="Volume")
    packing = Adjustment(is_charge=True, amount_minor=2_00, reason="Packing")
    document = worked_out(draft([line(50_00, "24", quantity=2, adjustments=(off, packing))]))

    assert [one.minor for one in document.lines[0].adjustments] == [10_00, 2_00]
    assert (document.lines[0].price_minor, document.net_minor) == (100_00, 92_00)


def test_a_discount_of_the_whole_is_spread_over_the_rates_by_what_they_come_to() -> None:
    off = Adjustment(amount_minor=10_00, reason="Voucher")
    document = worked_out(draft([line(200_00, "24"), line(100_01, "14")], adjustments=(off,)))

    assert [(one.tax.rate, one.minor) for one in document.adjustments] == [(24, 6_67), (14, 3_33)]
    assert (document.allowances_minor, document.net_minor) == (10_00, 290_01)


def test_shipping_is_a_charge_with_a_rate_of_its_own() -> None:
    shipping = Adjustment(is_charge=True, amount_minor=5_00, reason="Shipping", tax=taxed("24"))
    document = worked_out(draft([line(100_00, "14")], adjustments=(shipping,)))

    assert totals(document) == [("14", 100_00, 14_00), ("24", 5_00, 1_20)]
    assert document.charges_minor == 5_00


def test_a_price_may_be_finer_than_a_minor_unit() -> None:
    fine = line(1_23, "24", quantity="250", price_quantity="100")

    assert worked_out(draft([fine])).net_minor == 3_08  # 307.5


def test_what_was_prepaid_is_taken_off_and_never_more_than_there_is() -> None:
    assert worked_out(draft([line(100_00, "24")], prepaid_minor=24_00)).payable_minor == 100_00
    with pytest.raises(InvalidRequest, match="prepaid_minor"):
        worked_out(draft([line(100_00, "24")], prepaid_minor=124_01))


@pytest.mark.parametrize("where", ["lines", "adjustments"])
def test_no_discount_is_larger_than_what_it_is_of(where: str) -> None:
    off = Adjustment(amount_minor=100_01, reason="Too much")
    in_line = draft([line(100_00, "24", adjustments=(off,))])
    of_all = draft([line(100_00, "24")], adjustments=(off,))

    with pytest.raises(InvalidRequest, match=where):
        worked_out(in_line if where == "lines" else of_all)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount_minor", 1),  # beside a percentage
        ("percent", None),
        ("percent", Decimal(101)),
        ("percent", Decimal(-1)),
    ],
)
def test_an_adjustment_is_an_amount_or_a_percentage(field: str, value: object) -> None:
    with pytest.raises(ValidationError):
        Adjustment.model_validate({"percent": Decimal(10), "reason": "Off"} | {field: value})


@pytest.mark.parametrize(
    "tax",
    [
        {"category": "S"},
        {"category": "E", "rate": "10"},
        {"category": "Q"},
        {"category": "S", "rate": "10.12345"},
    ],
)
def test_a_rate_fits_its_category(tax: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Tax.model_validate(tax)


@given(drafts())
def test_the_parts_add_up_to_the_whole_whatever_is_sold(document: Document) -> None:
    sold = document.draft
    by_rate = sum(one.net_minor for one in document.taxes)
    entered = sum(one.entered_minor for one in document.lines)

    assert document.net_minor == by_rate
    assert document.gross_minor == document.net_minor + sum(o.tax_minor for o in document.taxes)
    for one in document.taxes:
        of_lines = sum(x.net_minor for x in document.lines if x.line.tax.group == one.tax.group)
        of_all = sum(x.signed_minor for x in document.adjustments if x.tax.group == one.tax.group)
        assert of_lines + of_all == one.net_minor
        exact = one.net_minor * one.tax.rate / 100
        assert abs(one.tax_minor - exact) <= (2 if sold.prices_include_tax else 1)
    if not sold.prices_include_tax:
        assert document.lines_minor == entered
    elif not sold.adjustments:
        assert document.gross_minor == entered
    for worked in document.lines:
        parts = worked.price_minor + sum(x.signed_minor for x in worked.adjustments)
        assert parts == worked.net_minor >= 0
        assert all(x.minor >= 0 for x in (*worked.adjustments, *document.adjustments))
        assert worked.price_minor >= 0


@given(drafts())
def test_what_is_net_is_what_was_entered_without_its_tax(document: Document) -> None:
    """Whatever is taken off, prices and discounts are never moved further than rounding does."""
    included = document.draft.prices_include_tax
    for worked in document.lines:
        count = sum(one.line.tax.group == worked.line.tax.group for one in document.lines)
        whole = 100 + worked.line.tax.rate if included else Decimal(100)
        slack = 2 + count + len(document.adjustments) + len(worked.adjustments)
        for one in worked.adjustments:
            assert abs(one.minor - one.entered_minor * 100 / whole) <= slack
        assert abs(worked.net_minor - worked.entered_minor * 100 / whole) <= slack


@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])
@pytest.mark.parametrize("off_minor", [124_00, 123_99])
def test_a_line_that_is_given_away_keeps_its_price_and_its_discount(
    currency: str, off_minor: int
) -> None:
    off = Adjustment(amount_minor=off_minor, reason="Gift")
    sold = {"prices_include_tax": True, "currency": currency}
    (of_line,) = worked_out(draft([line(124_00, adjustments=(off,))], **sold)).lines
    of_all = worked_out(draft([line(124_00)], adjustments=(off,), **sold))

    assert of_line.adjustments[0].minor == of_all.adjustments[0].minor
    assert abs(of_line.price_minor - 100_00) <= 1
    assert abs(of_all.lines[0].net_minor - 100_00) <= 1
    assert (
        of_line.net_minor == of_all.net_minor == of_line.price_minor - of_line.adjustments[0].minor
    )


@given(MINOR, st.lists(MINOR, min_size=1, max_size=9))
def test_shares_add_up_and_none_is_off_by_a_unit(minor: int, by: list[int]) -> None:
    shares = shared(minor, by)

    assert sum(shares) == minor
    if whole := sum(by):
        for share, weight in zip(shares, by, strict=True):
            assert abs(share - Decimal(minor) * weight / whole) < 1


def test_nothing_is_shared_by_nobody() -> None:
    assert (shared(5, []), shared(5, [0, 0]), shared(0, [1, 2])) == ([], [5, 0], [0, 0])


def test_a_discount_keeps_what_was_entered_beside_what_of_it_is_net() -> None:
    off = Adjustment(percent=Decimal(10), reason="Volume")
    document = worked_out(draft([line(12400)], adjustments=(off,), prices_include_tax=True))

    (one,) = document.adjustments
    assert (one.entered_minor, one.minor) == (1240, 1000)
    assert document.gross_minor == document.lines[0].entered_minor - one.entered_minor
