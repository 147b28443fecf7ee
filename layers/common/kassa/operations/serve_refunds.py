"""The routes that read refund requests and the policies that decide them."""

from typing import Annotated

from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Path

from kassa.adapters import clock
from kassa.adapters.http_api import INVALID, NOT_FOUND, OK
from kassa.adapters.policies import Policies
from kassa.adapters.refund_requests import RefundRequests
from kassa.domain.model import Model
from kassa.domain.policy import RefundPolicy
from kassa.domain.refund_cases import RefundCase
from kassa.settings import settings

routes = Router()  # type: ignore[no-untyped-call]

RefundRequestId = Annotated[str, Path(description="As it was told when the refund was requested.")]
Version = Annotated[int, Path(description="The version's number, the first is 1.", ge=1)]


class PolicyVersions(Model):
    """A merchant's refund policies, newest first, and which of them rules."""

    ruling: int  # 0: none does, a person decides everything
    policies: tuple[RefundPolicy, ...]


@routes.get(
    "/refunds/<refund_request_id>",
    operation_id="getRefund",
    summary="A refund request with its decision receipt and its life",
    tags=["refunds"],
    responses=OK | NOT_FOUND,
)
def get_refund(refund_request_id: RefundRequestId) -> RefundCase:
    """Return what was asked, what was decided and why, and how far it is."""
    return RefundRequests().named(refund_request_id)


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
    responses=OK | INVALID | NOT_FOUND,
)
def get_policy(version: Version) -> RefundPolicy:
    """Return a version as it was saved."""
    return Policies(settings().merchant_id).version(version)
