"""The routes of the policy of reminders: show it, save it, try it."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Body
from pydantic import Field, StrictInt

from kassa.audit.trail import Actor
from kassa.billing.reminders.policy.model import ReminderPolicy
from kassa.billing.reminders.policy.parse import read_rules
from kassa.billing.reminders.policy.save_reminder_policy import (
    SavedReminderPolicy,
    save_reminder_policy,
)
from kassa.billing.reminders.policy.store import SavedReminderPolicies
from kassa.billing.reminders.preview.preview_reminders import (
    DAYS_MAX,
    ReminderPreview,
    try_policy,
)
from kassa.core.errors import PolicyNotFound
from kassa.core.merchant import Merchant
from kassa.core.model import Model
from kassa.http_api.api import NOT_FOUND, OK, caller, created
from kassa.platform.settings import settings
from kassa.platform.telemetry import time_left_s

TAGS = ["reminders"]
routes = Router()  # type: ignore[no-untyped-call]


class TrialBody(Model):
    """A policy that isn't saved, and over how many days it is tried."""

    policy: dict[str, Any]
    days: Annotated[StrictInt, Field(ge=1, le=DAYS_MAX)] = 30


@routes.get(
    "/reminders/policy",
    operation_id="getReminderPolicy",
    summary="The policy of reminders that rules",
    tags=TAGS,
    responses=OK | NOT_FOUND,
)
def get_policy() -> ReminderPolicy:
    """Return the version saved last; without one nobody is reminded."""
    policy = SavedReminderPolicies(settings().merchant_id).newest()
    if policy is None:
        raise PolicyNotFound("no policy of reminders is saved, so nobody is reminded")
    return policy


@routes.put(
    "/reminders/policy",
    operation_id="saveReminderPolicy",
    summary="Save a policy of reminders",
    tags=TAGS,
    responses=OK | created(SavedReminderPolicy),
)
def put_policy(document: Annotated[dict[str, Any], Body()]) -> tuple[SavedReminderPolicy, int]:
    """Save a policy as the next version; 201 for a new one, 200 for the newest one again."""
    by, left_s = Actor.of(caller(routes)), time_left_s(routes.lambda_context)
    saved = save_reminder_policy(document, settings().merchant_id, by, left_s)
    return saved, 201 if saved.is_new else 200


@routes.post(
    "/reminders/policy/try",
    operation_id="tryReminderPolicy",
    summary="Try a policy of reminders",
    tags=TAGS,
    responses=OK,
)
def post_trial(trial: TrialBody) -> ReminderPreview:
    """Say what a policy would have sent over the last days, of what is owed now."""
    return try_policy(
        Merchant.from_settings(settings().model_dump()), read_rules(trial.policy), trial.days
    )
