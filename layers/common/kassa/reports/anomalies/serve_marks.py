"""The routes of anomalies' marks: which are expected, and which aren't; finance says so."""

from typing import Annotated

from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Body, Path
from pydantic import Field

from kassa.audit.trail import Actor
from kassa.core.model import Model
from kassa.http_api.api import NOT_FOUND, OK, caller
from kassa.platform.optimistic import retry_on_conflict
from kassa.platform.settings import settings
from kassa.platform.telemetry import time_left_s
from kassa.reports.anomalies.look_up import ID, look_up
from kassa.reports.anomalies.marks import Mark
from kassa.reports.anomalies.store import REASON_MAX, Marks

RESERVE_S = 1.0  # kept back for answering
routes = Router()  # type: ignore[no-untyped-call]

AnomalyId = Annotated[
    str, Path(description="The anomaly, such as 2026-11-21-4f1c09ab.", pattern=ID)
]


class MarkRequest(Model):
    """What somebody says of an anomaly."""

    is_expected: Annotated[bool, Field(description="Whether the like of it is alerted no more.")]
    reason: Annotated[
        str,
        Field(
            min_length=1,
            max_length=REASON_MAX,
            description="Why; kept for good, so no personal data belongs in it.",
        ),
    ]


class MarkList(Model):
    """What is marked, and how many anomalies a day are alerted at most."""

    alerts_a_day: int
    marks: tuple[Mark, ...]


@routes.get(
    "/anomalies/marks",
    operation_id="listAnomalyMarks",
    summary="Which anomalies are expected, and which aren't",
    tags=["reports"],
    responses=OK,
)
def get_marks() -> MarkList:
    """Return all marks, oldest first, each with what was said of the same anomaly before."""
    known = Marks(settings().merchant_id).read()
    return MarkList(alerts_a_day=known.alerts_a_day, marks=known.marks)


@routes.put(
    "/anomalies/<anomaly_id>/mark",
    operation_id="markAnomaly",
    summary="Say that an anomaly is expected, or that it isn't",
    tags=["reports"],
    responses=OK | NOT_FOUND,
)
def put_mark(anomaly_id: AnomalyId, requested: Annotated[MarkRequest, Body()]) -> Mark:
    """Mark an anomaly and the like of it; reports that are closed from now on go by it."""
    marks, by, finding = (
        Marks(settings().merchant_id),
        Actor.of(caller(routes)),
        look_up(anomaly_id),
    )
    left_s = time_left_s(routes.lambda_context)
    return retry_on_conflict(
        lambda: marks.mark(finding, requested.is_expected, requested.reason, by), left_s, RESERVE_S
    )
