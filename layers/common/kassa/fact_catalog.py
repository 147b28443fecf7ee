"""Every kind of fact there is: for whoever takes all of them."""

from collections.abc import Mapping
from typing import Annotated, Any, get_args

from pydantic import ConfigDict, Field, TypeAdapter

from kassa.audit.facts import AuditDayClosed
from kassa.billing.facts import BillingFactData
from kassa.billing.reminders.facts import ReminderFactData
from kassa.core.facts import Fact, UnknownFact, known_to
from kassa.deliveries.facts import AnomalyFound, MessageSent, ReportClosed, WebhookEndpointDisabled
from kassa.disputes.facts import DisputeFactData
from kassa.intake.facts import EventHealed
from kassa.ledger.facts import LedgerFactData
from kassa.monitoring.facts import GatewayCallsCounted
from kassa.orders.facts import OrderFactData
from kassa.privacy.facts import CustomerErased
from kassa.refunds.facts import RefundFactData

KINDS: Mapping[str, Any] = {
    kind.__name__: kind
    for kind in (
        *get_args(get_args(LedgerFactData)[0]),
        *get_args(get_args(RefundFactData)[0]),
        *get_args(get_args(BillingFactData)[0]),
        *get_args(get_args(ReminderFactData)[0]),
        *get_args(get_args(OrderFactData)[0]),
        *get_args(get_args(DisputeFactData)[0]),
        AuditDayClosed,
        ReportClosed,
        AnomalyFound,
        EventHealed,
        GatewayCallsCounted,
        MessageSent,
        CustomerErased,
        WebhookEndpointDisabled,
    )
}

KnownFactData = Annotated[
    LedgerFactData
    | RefundFactData
    | BillingFactData
    | ReminderFactData
    | OrderFactData
    | DisputeFactData
    | AuditDayClosed
    | ReportClosed
    | AnomalyFound
    | EventHealed
    | GatewayCallsCounted
    | MessageSent
    | CustomerErased
    | WebhookEndpointDisabled,
    Field(discriminator="fact"),
]
AnyFactData = Annotated[
    KnownFactData | Annotated[UnknownFact, known_to(KnownFactData)],
    Field(union_mode="left_to_right"),
]

FACT_DATA: TypeAdapter[AnyFactData] = TypeAdapter(
    AnyFactData, config=ConfigDict(hide_input_in_errors=True)
)


class AnyFact(Fact[AnyFactData]):
    """A fact of any kind; one of a newer release is passed on as it stands."""
