"""When a bank has given money back already, whatever it calls that."""

import pytest

from kassa.gateways.events import ObjectKind
from kassa.refunds.request.disputes import disputed_percent, disputes_lost
from tests.support.refund_cases import a_dispute, a_payment, an_object


def funds(state: str, amount_minor: int = 30_00):  # type: ignore[no-untyped-def]
    return an_object(ObjectKind.DISPUTE_FUNDS, state, amount_minor)


@pytest.mark.parametrize(
    ("objects", "lost"),
    [
        ({}, 0),
        ({"dp_1": a_dispute("open")}, 0),
        ({"dp_1": a_dispute("open"), "dp_1/funds": funds("withdrawn")}, 0),
        ({"dp_1": a_dispute("lost")}, 1),
        ({"dp_1": a_dispute("lost"), "dp_1/funds": funds("withdrawn")}, 1),
        ({"dp_1": a_dispute("lost"), "dp_2": a_dispute("lost")}, 2),
        ({"dp_1": a_dispute("lost"), "dp_2": a_dispute("open")}, 1),
        ({"dp_1": a_dispute("won"), "dp_1/funds": funds("reinstated")}, 0),
        ({"dp_1": a_dispute("won"), "dp_1/funds": funds("withdrawn")}, 1),  # not back yet
        ({"dp_1": a_dispute("won"), "dp_1/funds": funds("withdrawn", 1)}, 1),
        ({"dp_1": a_dispute("inquiry_closed")}, 0),
    ],
)
def test_a_dispute_is_lost_once_the_customer_has_the_money(objects: dict, lost: int) -> None:  # type: ignore[type-arg]
    assert disputes_lost(a_payment({}, **objects)) == lost


@pytest.mark.parametrize(("amount_minor", "percent"), [(1, 1), (30_00, 30), (30_01, 31)])
def test_what_disputes_took_is_rounded_up(amount_minor: int, percent: int) -> None:
    payment = a_payment(
        {}, dp_1=a_dispute("lost"), **{"dp_1/funds": funds("withdrawn", amount_minor)}
    )

    assert disputed_percent(payment) == percent


def test_disputes_take_at_most_everything_and_nothing_of_nothing() -> None:
    more = a_payment({}, **{"dp_1/funds": funds("withdrawn", 300_00)})

    assert disputed_percent(more) == 100
    assert disputed_percent(a_payment({}).model_copy(update={"objects": {}})) == 0
