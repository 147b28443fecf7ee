"""The routes of disputes: a list, one with its evidence, and what people do with it."""

from enum import StrEnum
from typing import Annotated

from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from kassa.core.errors import InvalidRequest
from kassa.core.model import Model
from kassa.disputes.answer_dispute import (
    Named,
    accept_dispute,
    add_file,
    answer_dispute,
    preview_answer,
)
from kassa.disputes.answers.answering import AnswerBody, DisputeBody, Preview
from kassa.disputes.dispute import Dispute, DisputeView
from kassa.disputes.store import DisputePage, Disputes
from kassa.http_api.api import CONFLICT, NOT_FOUND, OK, an_id, caller
from kassa.http_api.list_parameters import Cursor, Limit
from kassa.platform.index_pages import PageRequest
from kassa.platform.settings import settings
from kassa.platform.telemetry import time_left_s

routes = Router()  # type: ignore[no-untyped-call]


class DisputeStatus(StrEnum):
    """Which disputes are listed."""

    OPEN = "open"
    CLOSED = "closed"


class DisputeAction(StrEnum):
    """What a person does with a dispute."""

    FILES = "files"  # add one
    PREVIEW = "preview"  # see what would be submitted
    ANSWER = "answer"
    ACCEPT = "accept"


AtGateway = Annotated[str, an_id("The gateway's name, for example stripe.")]
AtAccount = Annotated[str, an_id("The gateway account, main if there is one.")]
DisputeId = Annotated[str, an_id("The dispute's id, the gateway's own.")]
Action = Annotated[DisputeAction, Path(description="What is done with it.")]
Status = Annotated[DisputeStatus, Query(description="Those that are open, or that have ended.")]


class ShownDispute(Model):
    """A dispute, and what would be submitted of it as things stand."""

    dispute: DisputeView
    evidence: Preview | None = None  # none where it can't be answered


@routes.get(
    "/disputes",
    operation_id="listDisputes",
    summary="The disputes that are open, the first due first, or those that have ended",
    tags=["disputes"],
    responses=OK,
)
def get_disputes(
    status: Status = DisputeStatus.OPEN, cursor: Cursor = None, limit: Limit = 50
) -> DisputePage:
    """Return a page of disputes."""
    disputes, request = Disputes(settings().merchant_id), PageRequest(cursor, limit)
    return disputes.open(request) if status is DisputeStatus.OPEN else disputes.closed(request)


@routes.get(
    "/disputes/<gateway>/<account>/<dispute_id>",
    operation_id="getDispute",
    summary="A dispute with the evidence that is gathered for it",
    tags=["disputes"],
    responses=OK | NOT_FOUND,
)
def get_dispute(gateway: AtGateway, account: AtAccount, dispute_id: DisputeId) -> ShownDispute:
    """Return how a dispute stands, and what is known to contest it with."""
    return shown(Disputes(settings().merchant_id).named(gateway, account, dispute_id))


@routes.post(
    "/disputes/<gateway>/<account>/<dispute_id>/<action>",
    operation_id="answerDispute",
    summary="Add a file to a dispute, see what would be submitted, answer it or give it up",
    tags=["disputes"],
    responses=OK | NOT_FOUND | CONFLICT,
)
def post_action(
    gateway: AtGateway,
    account: AtAccount,
    dispute_id: DisputeId,
    action: Action,
    body: DisputeBody,
) -> ShownDispute:
    """Do what a person decided; an answer is submitted once."""
    disputes, left_s = Disputes(settings().merchant_id), time_left_s(routes.lambda_context)
    named = Named(gateway, account, dispute_id, caller(routes))
    if action is DisputeAction.PREVIEW:
        dispute = disputes.named(gateway, account, dispute_id)
        return ShownDispute(dispute=dispute, evidence=preview_answer(dispute, body))
    if action is DisputeAction.FILES:
        if body.file is None:
            raise InvalidRequest("file: is missing")
        dispute = add_file(named, body.file, disputes, left_s)
    elif action is DisputeAction.ANSWER:
        dispute = answer_dispute(named, body, disputes, left_s)
    else:
        dispute = accept_dispute(named, disputes, left_s)
    return ShownDispute(dispute=dispute)


def shown(dispute: Dispute) -> ShownDispute:
    """Return a dispute with what would be submitted, where it can be answered still."""
    evidence = preview_answer(dispute, AnswerBody()) if dispute.is_answerable else None
    return ShownDispute(dispute=dispute, evidence=evidence)
