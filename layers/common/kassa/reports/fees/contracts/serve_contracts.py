"""The routes of fee contracts: what gateways may charge; finance reads and saves it."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Body

from kassa.audit.trail import Actor
from kassa.http_api.api import OK, caller
from kassa.platform.settings import settings
from kassa.platform.telemetry import time_left_s
from kassa.reports.fees.contracts.contract import FeeContracts
from kassa.reports.fees.contracts.save_contracts import KeptContracts, save_contracts
from kassa.reports.fees.contracts.store import SavedContracts

routes = Router()  # type: ignore[no-untyped-call]


@routes.get(
    "/fee-contracts",
    operation_id="getFeeContracts",
    summary="What gateways may charge",
    responses=OK,
)
def get_contracts() -> FeeContracts:
    """Return the contracts saved last; version 0, without one, stands before that."""
    return SavedContracts(settings().merchant_id).newest()


@routes.put(
    "/fee-contracts",
    operation_id="saveFeeContracts",
    summary="Save what gateways may charge",
    responses=OK,
)
def put_contracts(document: Annotated[dict[str, Any], Body()]) -> KeptContracts:
    """Save all contracts as their next version; fee reports closed from now on go by it."""
    saved, by = SavedContracts(settings().merchant_id), Actor.of(caller(routes))
    return save_contracts(document, saved, by, time_left_s(routes.lambda_context))
