"""What lines of an order come to when a person gives them back: exact, tax and all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.core.errors import InvalidRequest, OverHeadroom
from kassa.core.money import Money
from kassa.gateways.submissions import OrderLine
from kassa.refunds.decision.approval_texts import approval_text
from kassa.refunds.request.chosen_lines import ChosenLine, chosen_lines, lines_left

MOST = Money(amount_minor=10**12, currency="EUR")


def line(name: str, quantity: int, amount_minor: int, sku: str | None = None) -> OrderLine:
    return OrderLine(name=name, quantity=quantity, amount_minor=amount_minor, sku=sku)


ORDER = (line("Lamp", 3, 100_00), line("Book", 1, 25_00, "B-1"))


def test_lines_come_to_what_was_paid_for_them() -> None:
    chosen = chosen_lines(lines_left(ORDER, {}), {0: 1, 1: 1}, MOST)

    assert chosen.lines == (ChosenLine(0, "Lamp", 1, 33_33), ChosenLine(1, "Book", 1, 25_00))
    assert chosen.amount_minor == 58_33
    assert chosen.units == {"lamp": 1, "b-1": 1}


@given(st.integers(0, 10**9), st.lists(st.integers(1, 40), min_size=1, max_size=8))
def test_a_line_given_back_in_pieces_comes_to_the_whole(minor: int, pieces: list[int]) -> None:
    sold, gone, back = line("Lamp", sum(pieces), minor), 0, 0
    for quantity in pieces:
        (left,) = lines_left([sold], {"lamp": gone})
        assert left.amount_of(quantity) >= 0
        back, gone = back + left.amount_of(quantity), gone + quantity

    assert back == minor


def test_what_was_given_back_before_is_left_out_of_lines_of_one_id_in_their_order() -> None:
    lines = [line("Lamp", 2, 20_00, "L"), line("Lamp, red", 2, 30_00, "l")]

    assert [one.left for one in lines_left(lines, {"l": 3})] == [0, 1]


@pytest.mark.parametrize("quantities", [{}, {0: 0}, {0: 4}, {0: -1}, {1: 2}, {7: 1}])
def test_nothing_and_more_than_is_left_are_refused(quantities: dict[int, int]) -> None:
    with pytest.raises(InvalidRequest):
        chosen_lines(lines_left(ORDER, {}), quantities, MOST)


def test_lines_that_come_to_more_than_may_be_approved_are_refused() -> None:
    most = Money(amount_minor=99_99, currency="EUR")
    with pytest.raises(OverHeadroom) as refused:
        chosen_lines(lines_left(ORDER, {}), {0: 3}, most)

    assert refused.value.left_minor == 99_99


@pytest.mark.parametrize("language", ["en", "fi", "ja", "ru", "th", "zh-Hant", "de"])
def test_the_customers_text_names_the_lines_in_their_language(language: str) -> None:
    chosen = chosen_lines(lines_left(ORDER, {}), {0: 2, 1: 1}, MOST)
    text = approval_text(chosen, "EUR", "order-1", language)

    assert text.language == ("en" if language == "de" else language)
    for said in ("2 × Lamp", "1 × Book", "order-1", "EUR", "91"):
        assert said in text.text
