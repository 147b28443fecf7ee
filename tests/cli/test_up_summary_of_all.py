"""What `kassa up --gateway all` prints in the end: it fits eighty columns, and hides nothing."""

from io import StringIO

import pytest
from rich.console import Console

from cli.up import summary
from infra.demo.checks.check import problems
from infra.demo.result import Result
from kassa.orders.lifecycle import OrderStatus
from kassa.refunds.lifecycle.lifecycle import RequestState
from tests.support.every_gateway_books import DECLINED, REPEATED
from tests.support.every_gateway_results import (
    AS_EXPECTED,
    case,
    with_result,
    with_truth,
    with_view,
)


def printed(result: Result, width: int = 80) -> str:
    """Return what is shown on a terminal of so many columns."""
    screen = Console(file=StringIO(), width=width, highlight=False)
    summary.show(result, problems(result), screen)
    assert isinstance(screen.file, StringIO)
    return screen.file.getvalue()


def lines(of: str, result: Result) -> list[str]:
    """Return the lines that begin with a word, their cells parted by single blanks."""
    shown = (" ".join(line.split()) for line in printed(result).splitlines())
    return [line for line in shown if line.startswith(of)]


@pytest.mark.parametrize("width", [80, 100])
def test_every_table_fits(width: int) -> None:
    assert max(map(len, printed(AS_EXPECTED, width).splitlines())) <= width


def test_an_order_says_where_it_ended_and_what_came_then() -> None:
    sold, refunded = lines("order-1 ", AS_EXPECTED)
    assert sold == "order-1 card stripe 100.00 EUR paid, 20.00 back"
    assert refunded == "order-1 20.00 EUR approve R1 paid"
    assert lines("order-3 ", AS_EXPECTED) == ["order-3 pay later klarna 55.00 SEK declined"]
    assert lines("order-4 ", AS_EXPECTED)[0].endswith("paid, dispute lost")
    assert lines("order-5 ", AS_EXPECTED)[0].endswith("btcpay 40.00 EUR expired")
    assert lines("order-7 ", AS_EXPECTED) == ["order-7 standard 30.00 EUR paid"]
    assert lines("order-8 ", AS_EXPECTED)[0].endswith("paid, adyen had refused")
    assert lines("order-9 ", AS_EXPECTED)[0].endswith("paid, twice, 42.00 back")
    assert lines("order-12 ", AS_EXPECTED)[0].endswith("part_paid, 11.00 reversed")


def test_one_method_is_one_line_whatever_gateways_call_it() -> None:
    assert lines("card ", AS_EXPECTED) == ["card 5 adyen (no brand), stripe (no brand)"]


def test_what_isnt_as_it_should_be_isnt_shown_as_if_it_were() -> None:
    assert lines("order-1 ", with_result(REPEATED, view=None))[0].split()[5] == "unknown,"
    still_open = with_view(REPEATED, status=OrderStatus.OPEN)
    assert lines("order-1 ", still_open)[0].split()[5] == "open,"
    failed = with_view(DECLINED, status=OrderStatus.FAILED)
    assert lines("order-3 ", failed)[0].endswith("declined")
    requested = with_result(REPEATED, cases=(case(REPEATED, 20_00, RequestState.ACCEPTED),))
    assert "refund accepted" in lines("order-1 ", requested)[0]


def test_a_gateway_has_one_line_and_says_whether_its_own_books_agree() -> None:
    captured, ledger = lines("paypal", AS_EXPECTED)
    assert captured == "paypal USD 227.00 8.00 56.00 22.78 140.22 ✓"
    assert ledger == "paypal USD -219.00 22.78 56.00 140.22 0"
    differing = with_truth("paypal", balance_minor={"USD": 1})
    assert lines("paypal", differing)[0].endswith("✗")


def test_every_currency_sums_to_zero_over_all_gateways() -> None:
    assert [line.split()[-1] for line in lines("all ", AS_EXPECTED)] == ["0", "0"]


def test_what_was_checked_is_shown_in_the_end_or_what_is_wrong() -> None:
    assert "✓ every gateway's own books say the same" in printed(AS_EXPECTED)
    wrong = printed(with_result(REPEATED, cases=()))
    assert "✓ every" not in wrong
    assert "✗ the refund of order-1 has requests of []" in wrong
