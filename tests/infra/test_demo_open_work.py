"""What the demo leaves to do where its stack stays up: it must be left by what was played."""

import pytest

from infra.demo import every_gateway, one_gateway
from infra.demo.open_work import TWICE, UNPAID
from infra.demo.scenario import Scenario

SCENARIOS = [every_gateway.SCENARIO, one_gateway.SCENARIO]
SMALL_EUR_MINOR = 50_00  # what the policies of both approve at once


@pytest.mark.parametrize("scenario", SCENARIOS, ids=["every gateway", "one gateway"])
def test_what_is_left_to_do_can_be_left(scenario: Scenario) -> None:
    work = scenario.open_work
    assert work is not None
    orders = {one.order_id: one for one in scenario.orders}
    refunded, disputed = orders[work.refund_of], orders[work.dispute_of]

    assert refunded.is_paid
    assert refunded.currency == "EUR"
    assert work.refund_minor > SMALL_EUR_MINOR
    left_minor = refunded.amount_minor - refunded.refunded_minor - refunded.charged_back_minor
    assert work.refund_minor <= left_minor
    assert disputed.is_paid
    assert not disputed.is_charged_back
    assert not orders.keys() & {*TWICE, UNPAID.order_id}


def test_localstripe_is_left_nothing_to_do() -> None:
    assert one_gateway.AT_LOCALSTRIPE.open_work is None
