"""Which facts an endpoint is told of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.core.errors import InvalidRequest
from kassa.fact_catalog import KINDS
from kassa.partners.webhooks.endpoints.filters import ALWAYS_SENT, fits, is_sent, read_filters


@pytest.mark.parametrize("filters", [["*"], ["PaymentCaptured"], ["Payment*", "Refund*"]])
def test_kinds_and_their_beginnings_are_filters(filters: list[str]) -> None:
    assert read_filters(filters, KINDS) == tuple(filters)


def test_each_filter_counts_once_and_keeps_its_place() -> None:
    assert read_filters(["Refund*", "*", "Refund*"], KINDS) == ("Refund*", "*")


@pytest.mark.parametrize(
    ("filters", "hint"),
    [
        (["paymentcaptured"], "did you mean PaymentCaptured"),
        (["payment.captured"], "did you mean PaymentCaptured"),
        (["payment_captured"], "did you mean PaymentCaptured"),
        (["PaymentCaptures"], "did you mean PaymentCaptured"),
        (["payment.*"], r"did you mean Payment\*"),
        (["refund*"], r"did you mean Refund\*"),
        (["Pay*Captured"], "a star stands at the end alone"),
        (["**"], "a star stands at the end alone"),
        (["Zebra"], "docs/flow.md"),
        (["Zebra*"], "docs/flow.md"),
        ([" PaymentCaptured"], "did you mean PaymentCaptured"),
        (["PaymentCaptured", "nonsense"], "nonsense"),
        ([], "1 to 50"),
        ([f"x{n}" for n in range(51)], "1 to 50"),
    ],
)
def test_a_filter_that_nothing_fits_is_refused_with_what_it_may_mean(
    filters: list[str], hint: str
) -> None:
    with pytest.raises(InvalidRequest, match=hint):
        read_filters(filters, KINDS)


@pytest.mark.parametrize("odd", ["\x1b[31m", "é" * 80, "x" * 200])
def test_what_nobody_should_read_again_is_not_repeated(odd: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_filters([odd], KINDS)
    assert odd not in str(refused.value)


def test_whoever_was_told_of_a_person_hears_that_they_were_erased() -> None:
    assert set(KINDS) >= ALWAYS_SENT
    assert is_sent(["PaymentCaptured"], "CustomerErased")
    assert not is_sent(["PaymentCaptured"], "CustomerErasedTwice")


def test_case_counts() -> None:
    assert not is_sent(["paymentcaptured", "payment*"], "PaymentCaptured")


@given(st.sampled_from(sorted(KINDS)), st.integers(0, 30))
def test_a_beginning_fits_what_begins_so_and_a_name_itself_alone(kind: str, length: int) -> None:
    assert fits(f"{kind[:length]}*", kind)
    assert fits(kind[:length], kind) is (len(kind) <= length)
