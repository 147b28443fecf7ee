"""Look up a refund that its gateway took and never reported."""

from kassa.gateways import dispatch, registry
from kassa.gateways.registry import Ability
from kassa.intake import deliveries
from kassa.ledger.pull_events import delivery_of
from kassa.ledger.resolve_waiting import look_up
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.paying.gateway_refund import submission_of


def look_up_refund(case: RefundCase) -> None:
    """Queue how a refund's payment stands, and whose refund it is where the gateway can't say."""
    payment, refund_id = case.request.payment, case.lifecycle.refund_id
    if refund_id is not None and registry.can(payment.gateway, Ability.NAMED_REFUND):
        body = dispatch.named_refund(submission_of(case), refund_id)
        named = delivery_of(payment.gateway, payment.account, "look_up", body)
        deliveries.queue_deliveries([named])
    look_up(payment)
