"""The routes of suppressions: which addresses aren't written to, and that one is again.

An address is never part of a path, which is logged; it comes in a body, and none goes out.
"""

from typing import Annotated

from aws_lambda_powertools.event_handler.api_gateway import Router
from pydantic import Field

from kassa.audit.trail import REASON_MAX, Actor
from kassa.core.model import Model
from kassa.http_api.api import CONFLICT, NOT_FOUND, OK, caller
from kassa.http_api.list_parameters import Cursor, Limit
from kassa.messages.contacts.contact import Suppression
from kassa.messages.contacts.contact_store import ContactStore
from kassa.messages.contacts.lift_suppression import Lift, lift_suppression
from kassa.platform.index_pages import Page, PageRequest
from kassa.platform.settings import settings

TAGS = ["deliveries"]
ADDRESS_MAX = 320
routes = Router()  # type: ignore[no-untyped-call]


class SuppressionPage(Page):
    """Some addresses that aren't written to, by their digests; the newest first."""

    suppressions: tuple[Suppression, ...]


class LiftBody(Model):
    """Which address is written to again, and why; a reason is kept for good."""

    address: Annotated[str, Field(min_length=1, max_length=ADDRESS_MAX)]
    reason: Annotated[str, Field(min_length=1, max_length=REASON_MAX)]
    despite_complaint: bool = False


@routes.get(
    "/suppressions",
    operation_id="listSuppressions",
    summary="The addresses that bounced or complained",
    tags=TAGS,
    responses=OK,
)
def get_suppressions(cursor: Cursor = None, limit: Limit = 50) -> SuppressionPage:
    """Return a page of the addresses that aren't written to, by their digests."""
    found, after = ContactStore(settings().merchant_id).suppressions(PageRequest(cursor, limit))
    return SuppressionPage(suppressions=found, has_more=after is not None, next_cursor=after)


@routes.post(
    "/suppressions/lift",
    operation_id="liftSuppression",
    summary="Write to an address again that bounced or complained",
    tags=TAGS,
    responses=OK | NOT_FOUND | CONFLICT,
)
def post_lift(body: LiftBody) -> Suppression:
    """Lift what holds an address back, and return it; what was skipped meanwhile stays unsent."""
    by = Actor.of(caller(routes))
    lift = Lift(body.address, body.reason, by, body.despite_complaint)
    return lift_suppression(settings().merchant_id, lift)
