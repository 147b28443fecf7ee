"""What a balance transaction moves: gross, fee and exchange, in every direction."""

import pytest

from kassa.core.postings import balances
from kassa.gateways.events import Movement
from kassa.ledger.settlement import settlement
from tests.support.builders import eur, jpy


@pytest.mark.parametrize(
    ("movement", "sums"),
    [
        (
            Movement(moves="charge", gross=eur(100_00), fee_minor=1_75),
            "gateway_clearing EUR -10000, gateway_balance EUR 9825, gateway_fees EUR 175",
        ),
        (
            Movement(moves="refund", gross=eur(-10_00), fee_minor=0),
            "gateway_clearing EUR 1000, gateway_balance EUR -1000",
        ),
        (
            Movement(moves="refund_failure", gross=eur(10_00), fee_minor=0),
            "gateway_clearing EUR -1000, gateway_balance EUR 1000",
        ),
        (
            Movement(moves="dispute", gross=eur(-100_00), fee_minor=15_00),
            "gateway_clearing EUR 10000, gateway_balance EUR -11500, gateway_fees EUR 1500",
        ),
        (
            Movement(moves="charge", gross=eur(30_00), fee_minor=0, exchanged=jpy(5000)),
            "gateway_clearing JPY -5000, currency_exchange JPY 5000,"
            " currency_exchange EUR -3000, gateway_balance EUR 3000",
        ),
        (
            Movement(moves="refund", gross=eur(-30_00), fee_minor=0, exchanged=jpy(-5000)),
            "gateway_clearing JPY 5000, currency_exchange JPY -5000,"
            " currency_exchange EUR 3000, gateway_balance EUR -3000",
        ),
        (Movement(moves="payout", gross=eur(-50_00), fee_minor=0), ""),
        (
            Movement(moves="fee", gross=eur(-2_00), fee_minor=0),
            "gateway_balance EUR -200, gateway_fees EUR 200",
        ),
        (
            Movement(moves="fee", gross=eur(2_00), fee_minor=0),
            "gateway_balance EUR 200, gateway_fees EUR -200",
        ),
        (
            Movement(moves="topup", gross=eur(500_00), fee_minor=0),
            "gateway_adjustments EUR -50000, gateway_balance EUR 50000",
        ),
        (
            Movement(moves="transfer", gross=eur(-5_00), fee_minor=0),
            "gateway_adjustments EUR 500, gateway_balance EUR -500",
        ),
        (Movement(moves="charge", gross=eur(0), fee_minor=0), ""),
    ],
)
def test_a_movement_posts(movement: Movement, sums: str) -> None:
    expected = {}
    for part in filter(None, sums.split(", ")):
        account, currency, amount = part.split()
        expected[account, currency] = int(amount)
    found = balances(settlement("txn_1", movement))
    assert {(str(a), currency): n for (a, currency), n in found.items()} == expected
