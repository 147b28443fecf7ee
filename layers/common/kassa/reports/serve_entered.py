"""The routes of what finance enters for reports: contracts, marks, assumptions, support cases."""

from typing import Annotated

from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query
from pydantic import Field

from kassa.audit.trail import Actor
from kassa.core.model import Model
from kassa.core.periods import day_of
from kassa.http_api.api import NOT_FOUND, OK, caller
from kassa.platform import clock
from kassa.platform.optimistic import retry_on_conflict
from kassa.platform.settings import settings
from kassa.platform.telemetry import time_left_s
from kassa.reports.anomalies.serve_marks import routes as marks
from kassa.reports.automation import store as assumed
from kassa.reports.automation.assumptions import Assumptions, AssumptionsDraft
from kassa.reports.fees.contracts.serve_contracts import routes as contracts
from kassa.reports.gateways.cases import CASE_ID, MONTH, CaseNote, SupportCase
from kassa.reports.gateways.store import SupportCases

RESERVE_S = 1.0  # kept back for answering
routes = Router()  # type: ignore[no-untyped-call]
ROUTES = (contracts, marks, routes)

GatewayName = Annotated[
    str, Path(description="Which gateway, such as stripe.", pattern=r"^[A-Za-z0-9_-]{1,64}$")
]
CaseId = Annotated[
    str, Path(description="The gateway's number of the case, or your own.", pattern=CASE_ID)
]
Month = Annotated[
    str | None, Query(description="In which they were opened, such as 2026-11.", pattern=MONTH)
]


class KeptAssumptions(Model):
    """The version that says what was sent."""

    is_new: bool  # no: the newest version said the same already, and nothing was written
    assumptions: Assumptions


class CaseList(Model):
    """The cases opened in a month."""

    cases: tuple[SupportCase, ...]


class NotedCase(Model):
    """A case as it is noted now."""

    is_new: bool = Field(description="No: the same was noted already, and nothing was written.")
    case: SupportCase


@routes.get(
    "/report-assumptions",
    operation_id="getReportAssumptions",
    summary="What the report on Kassa's own work assumes",
    tags=["reports"],
    responses=OK,
)
def get_assumptions() -> Assumptions:
    """Return what was saved last, with Kassa's own guess of each minute that nobody said."""
    return assumed.saved_assumptions(settings().merchant_id).with_guesses()


@routes.put(
    "/report-assumptions",
    operation_id="saveReportAssumptions",
    summary="Save what the report on Kassa's own work assumes",
    tags=["reports"],
    responses=OK,
)
def put_assumptions(draft: Annotated[AssumptionsDraft, Body()]) -> KeptAssumptions:
    """Save assumptions as their next version; reports closed from now on go by it."""
    by, merchant_id = Actor.of(caller(routes)), settings().merchant_id
    saved, is_new = retry_on_conflict(
        lambda: assumed.keep_assumptions(merchant_id, draft, by),
        time_left_s(routes.lambda_context),
        RESERVE_S,
    )
    return KeptAssumptions(is_new=is_new, assumptions=saved.with_guesses())


@routes.get(
    "/gateway-cases",
    operation_id="listGatewayCases",
    summary="Support cases at gateways",
    tags=["reports"],
    responses=OK,
)
def get_cases(month: Month = None) -> CaseList:
    """Return the cases opened in a month, else in this one, by day."""
    ours = settings()
    asked = month or f"{day_of(clock.now(), ours.merchant_time_zone):%Y-%m}"
    return CaseList(cases=SupportCases(ours.merchant_id).of_month(asked))


@routes.put(
    "/gateway-cases/<gateway>/<case_id>",
    operation_id="noteGatewayCase",
    summary="Note a support case at a gateway",
    tags=["reports"],
    responses=OK | NOT_FOUND,
)
def put_case(gateway: GatewayName, case_id: CaseId, note: Annotated[CaseNote, Body()]) -> NotedCase:
    """Note a case, or its answer; its gateway and id say which it is."""
    by, cases = Actor.of(caller(routes)), SupportCases(settings().merchant_id)
    noted, is_new = retry_on_conflict(
        lambda: cases.note(gateway, case_id, note, by),
        time_left_s(routes.lambda_context),
        RESERVE_S,
    )
    return NotedCase(is_new=is_new, case=noted)
