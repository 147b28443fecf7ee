"""Look up a refund that its gateway took and never told of."""

from kassa.adapters import queues
from kassa.adapters.gateways import calls, registry
from kassa.adapters.gateways.registry import Ability
from kassa.domain.refund_cases import RefundCase
from kassa.operations.ask_for_refund import ask_of
from kassa.operations.look_up_waiting import look_up
from kassa.operations.pull_events import delivery_of


def look_up_refund(case: RefundCase) -> None:
    """Queue how a refund's payment stands, and whose refund it is where the gateway can't say."""
    payment, refund_id = case.request.payment, case.life.refund_id
    if refund_id is not None and registry.can(payment.gateway, Ability.NAMED_REFUND):
        body = calls.named_refund(ask_of(case), refund_id)
        named = delivery_of(payment.gateway, payment.account, "look_up", body)
        queues.queue_deliveries([named])
    look_up(payment)
