"""The refund queue by line: a person approves so many of which line of the order."""

import pytest

from kassa.orders.lifecycle import OrderLifecycle
from kassa.orders.store import Orders
from kassa.people.persons import Role
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import RequestState
from tests.support.console_pages import Browser, Page, person
from tests.support.console_pages import opened as opened
from tests.support.orders import order
from tests.support.refund_stage import RefundStage
from tests.support.refund_stage import stage as stage

pytestmark = pytest.mark.usefixtures("opened")
HOSTILE = "Lamp <b>red</b>"
LINES = [
    {"name": HOSTILE, "quantity": 3, "amount_minor": 70_00, "sku": "L-1"},
    {"name": "Book", "quantity": 1, "amount_minor": 30_00},
]


@pytest.fixture
def case(stage: RefundStage) -> RefundCase:
    """Let a request wait whose order stands here."""
    sent = order(order_id="order-1", lines=LINES, amount_minor=100_00)
    Orders("main").open(sent, OrderLifecycle(order_id="order-1"))
    return stage.request_refund(stage.pay(), 80_00)


@pytest.fixture
def clerk() -> Browser:
    return Browser().sign_in(person(Role.APPROVER))


def approve(browser: Browser, case: RefundCase, **form: str) -> Page:
    path = f"/console/refunds/{case.request.refund_request_id}"
    return browser.send(f"{path}/approve", how="lines", **form)


def shown(browser: Browser, case: RefundCase) -> Page:
    return browser.get(f"/console/refunds/{case.request.refund_request_id}")


def test_an_order_s_lines_are_offered(case: RefundCase, clerk: Browser) -> None:
    page = shown(clerk, case)

    for text in ("Or by the lines of the order", HOSTILE, "3 left · 70.00 EUR", "Book"):
        assert text in page.text
    assert "<b>red" not in page.body


def test_lines_are_shown_once_more_with_the_customer_s_text(
    stage: RefundStage, case: RefundCase, clerk: Browser
) -> None:
    asked = approve(clerk, case, line_0="2", line_1="1")

    assert "Approve 76.67 EUR?" in asked.text
    assert f"46.67 EUR 2 × {HOSTILE}" in asked.text
    assert f"We refund 76.67 EUR for order order-1: 2 × {HOSTILE}, 1 × Book." in asked.text
    assert stage.case(case).lifecycle.state is RequestState.ESCALATED


def test_lines_are_approved_once_and_remembered_on_the_payment(
    stage: RefundStage, case: RefundCase, clerk: Browser
) -> None:
    for _ in range(2):
        form = {"confirmed": "yes", "line_0": "2", "line_1": "0", "amount": "46.67"}
        assert approve(clerk, case, **form).status == 303
    after = stage.case(case)

    assert after.lifecycle.state is RequestState.APPROVED
    assert after.lifecycle.approved_minor == 46_67
    held = stage.requests.payment(case.request.payment).refunded_lines
    assert held == {case.request.refund_request_id: {"l-1": 2}}


def test_lines_that_come_to_something_else_by_now_are_shown_anew(
    stage: RefundStage, case: RefundCase, clerk: Browser
) -> None:
    asked = approve(clerk, case, confirmed="yes", line_1="1", amount="29.99")

    assert "Approve 30.00 EUR?" in asked.text
    assert stage.case(case).lifecycle.state is RequestState.ESCALATED


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"line_0": "4"}, 400),
        ({"line_0": "-1"}, 400),
        ({"line_0": "x"}, 400),
        ({"line_0": "0", "line_1": ""}, 400),
        ({"line_9": "1"}, 400),
        ({"line_0": "3", "line_1": "1"}, 409),  # 100.00, and 80.00 were asked for
    ],
)
def test_what_can_t_be_given_back_is_refused(
    stage: RefundStage, case: RefundCase, clerk: Browser, form: dict[str, str], status: int
) -> None:
    assert approve(clerk, case, **form).status == status
    assert stage.case(case).lifecycle.state is RequestState.ESCALATED


def test_a_request_whose_order_nobody_knows_has_no_such_form(
    stage: RefundStage, clerk: Browser
) -> None:
    case = stage.request_refund(stage.pay(), 80_00)

    assert "by the lines" not in shown(clerk, case).text
    assert approve(clerk, case, line_0="1").status == 400
