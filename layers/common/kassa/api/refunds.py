"""The routes that read refund requests and the policies that decide them."""

from typing import Annotated

from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import Field

from kassa.core.errors import InvalidRequest
from kassa.core.model import Model
from kassa.http_api.api import NOT_FOUND, OK, RefundRequestId
from kassa.http_api.list_parameters import PLAIN_DIGITS, CalendarDay, Cursor, Limit
from kassa.platform import clock
from kassa.platform.index_pages import PageRequest
from kassa.platform.settings import settings
from kassa.refunds.lifecycle.cases import RefundView
from kassa.refunds.lifecycle.lifecycle import RequestState
from kassa.refunds.lifecycle.timeline import CustomerStep, customer_steps
from kassa.refunds.lists import CasePage, RefundQueues
from kassa.refunds.policy.model import RefundPolicy
from kassa.refunds.policy.store import Policies
from kassa.refunds.store import RefundRequests

routes = Router()  # type: ignore[no-untyped-call]

Version = Annotated[
    int,
    Field(ge=1, le=10**6),
    PLAIN_DIGITS,
    Path(description="The version's number, the first is 1."),
]
RequestedDay = Annotated[
    CalendarDay | None,
    Query(alias="day", description="The UTC day of asking; without it, the queue."),
]
Status = Annotated[
    RequestState | None, Query(description="Only a day's refund requests that stand so.")
]


class ShownRefund(RefundView):
    """A refund case, and the same as its customer may follow it."""

    customer_steps: tuple[CustomerStep, ...]


class PolicyVersions(Model):
    """A merchant's refund policies, newest first, and which of them rules."""

    ruling: int  # 0: none does, a person decides everything
    policies: tuple[RefundPolicy, ...]


@routes.get(
    "/refunds",
    operation_id="listRefunds",
    summary="The refund requests that wait for a person, or those of a day",
    tags=["refunds"],
    responses=OK,
)
def get_refunds(
    day: RequestedDay = None, status: Status = None, cursor: Cursor = None, limit: Limit = 50
) -> CasePage:
    """Return a page of the queue, the most urgent first; of a day, the newest first."""
    request = PageRequest(cursor, limit)
    if day is not None:
        return RefundQueues().requested_on(settings().merchant_id, day, request, status)
    if status not in (None, RequestState.ESCALATED):
        raise InvalidRequest("status: without a day, those that wait for a person are listed")
    return RefundQueues().to_decide(request)


@routes.get(
    "/refunds/<refund_request_id>",
    operation_id="getRefund",
    summary="A refund request with its decision receipt and its lifecycle",
    tags=["refunds"],
    responses=OK | NOT_FOUND,
)
def get_refund(refund_request_id: RefundRequestId) -> ShownRefund:
    """Return what was asked, what was decided and why, and how far it is."""
    case = RefundRequests().named(refund_request_id)
    return ShownRefund(**dict(case), customer_steps=customer_steps(case))


@routes.get(
    "/policies",
    operation_id="listPolicies",
    summary="The refund policies",
    tags=["policies"],
    responses=OK,
)
def get_policies() -> PolicyVersions:
    """Return the newest hundred versions and the number of the one that rules now."""
    policies = Policies(settings().merchant_id)
    ruling = policies.active(clock.now()).version
    return PolicyVersions(ruling=ruling, policies=tuple(policies.listed()))


@routes.get(
    "/policies/<version>",
    operation_id="getPolicy",
    summary="One version of the refund policy",
    tags=["policies"],
    responses=OK | NOT_FOUND,
)
def get_policy(version: Version) -> RefundPolicy:
    """Return a version as it was saved."""
    return Policies(settings().merchant_id).version(version)
