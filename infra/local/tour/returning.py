"""Money goes back: refunds asked of Kassa, made by hand or by itself, disputes, a reversal."""

from infra.local import clockwork, observed
from infra.local.tour.cast import Cast
from infra.local.tour.outcome import Told
from infra.local.tour.story import ORDERS
from infra.local.tour.terms import TERMS
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import RequestState

PATIENCE_S = (5.0, 15.0, 15.0, 30.0)  # the clock strikes after each
PAUSE_S = 1.0


def give_back(cast: Cast, told: list[Told]) -> list[Told]:
    """Play what goes back, and wait until every refund that Kassa pays is paid."""
    cast.tell("paying one order a second time")
    for order in (order for order in ORDERS if order.paid_again_at):
        cast.world.sell_past_kassa(order, str(order.paid_again_at))
    cast.tell("asking for refunds, refunding by hand, losing disputes")
    asked = [cast.shop.ask_for_refund(one) for one in told]
    cast.world.refund_by_hand()
    cast.world.lose_disputes()
    cast.world.reverse_payments()
    cast.tell("paying refunds")
    for patience_s in PATIENCE_S:
        if observed.wait_until(lambda: is_all_paid(cast), patience_s, PAUSE_S):
            break
        clockwork.watch_gateways(cast.stack)  # knows what was accepted and told namelessly
    return asked


def is_all_paid(cast: Cast) -> bool:
    """Tell whether as many refunds are paid as the story has; customers claim their coins."""
    cast.world.claim_coins()
    wanted = sum(bool(order.refund_minor or order.paid_again_at) for order in ORDERS)
    return sum(map(is_done, cast.shop.refund_cases())) >= wanted


def is_done(case: RefundCase) -> bool:
    """Tell whether all is heard of a refund that can be before its settlement."""
    if TERMS[case.request.payment.gateway].tells_refunds:
        return case.lifecycle.state is RequestState.PAID
    return case.lifecycle.state in (RequestState.ACCEPTED, RequestState.PAID)
