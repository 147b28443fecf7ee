"""The routes of webhook endpoints: enter, list, change, try, rotate the secret, replay."""

from collections.abc import Collection
from datetime import timedelta
from typing import Annotated

from aws_lambda_powertools.event_handler.api_gateway import Router
from pydantic import Field

from kassa.audit.trail import Actor
from kassa.core.model import Instant, Model
from kassa.http_api.api import CONFLICT, NOT_FOUND, OK, an_id, caller, created
from kassa.partners.webhooks.endpoints import save_endpoint
from kassa.partners.webhooks.endpoints.endpoint import (
    OVERLAP,
    OVERLAP_HOURS_MAX,
    Description,
    Scheme,
)
from kassa.partners.webhooks.endpoints.filters import read_filters
from kassa.partners.webhooks.endpoints.read_endpoint import (
    EndpointDetails,
    EndpointList,
    EndpointView,
    EndpointWithSecret,
    ReplayView,
    details_of,
    read_endpoints,
    shown_once,
)
from kassa.partners.webhooks.endpoints.save_endpoint import Entered
from kassa.partners.webhooks.endpoints.store import Endpoints
from kassa.partners.webhooks.replays.open_replay import open_replay
from kassa.partners.webhooks.submit_webhook import Tried, try_endpoint
from kassa.platform import clock
from kassa.platform.settings import settings

EndpointId = Annotated[str, an_id("The endpoint's id, as the answer to entering it gave.")]
Url = Annotated[str, Field(min_length=1, max_length=1000)]
Events = Annotated[
    tuple[Annotated[str, Field(min_length=1, max_length=100)], ...],
    Field(min_length=1, max_length=50),
]


class NewEndpoint(Model):
    """Where facts are to be sent, and which."""

    url: Url
    events: Events
    description: Description = ""
    scheme: Scheme = Scheme.V1


class EndpointChange(Model):
    """What of an endpoint is to be another; what isn't named stays."""

    url: Url | None = None
    events: Events | None = None
    description: Description | None = None
    is_enabled: Annotated[bool, Field(strict=True)] | None = None


class Rotation(Model):
    """How a secret is to be followed by the next one."""

    overlap_hours: Annotated[int, Field(strict=True, ge=0, le=OVERLAP_HOURS_MAX)] = int(
        OVERLAP.total_seconds() // 3600
    )
    scheme: Scheme | None = None


class TestRequest(Model):
    """What a test says, to be known again where it arrives."""

    comment: Annotated[str, Field(max_length=200)] = ""


class ReplayRequest(Model):
    """Which window is to be told once more."""

    begins_at: Annotated[Instant, Field(alias="from")]
    ends_at: Annotated[Instant, Field(alias="to")]
    is_missed_only: Annotated[bool, Field(alias="missed_only", strict=True)] = False


def routes_of(kinds: Collection[str]) -> Router:
    """Return the routes; `kinds` are the names of all facts there are, for the filters."""
    routes = Router()  # type: ignore[no-untyped-call]
    _enter(routes, kinds)
    _change(routes, kinds)
    for add in (_list, _show, _delete, _rotate, _try, _replay):
        add(routes)
    return routes


def _enter(routes: Router, kinds: Collection[str]) -> None:
    @routes.post(
        "/webhook-endpoints",
        operation_id="addWebhookEndpoint",
        summary="Enter a webhook endpoint",
        tags=["webhooks"],
        responses=OK | created(EndpointWithSecret) | CONFLICT,
    )
    def post_endpoint(body: NewEndpoint) -> tuple[EndpointWithSecret, int]:
        """Keep an endpoint; the answer alone holds what its receiver verifies by."""
        by = caller(routes)
        events = read_filters(body.events, kinds)
        entered = Entered(body.url, events, body.description, body.scheme)
        return shown_once(save_endpoint.save_endpoint(entered, by.actor_id, Actor.of(by))), 201


def _list(routes: Router) -> None:
    @routes.get(
        "/webhook-endpoints",
        operation_id="listWebhookEndpoints",
        summary="All webhook endpoints",
        tags=["webhooks"],
        responses=OK,
    )
    def get_endpoints() -> EndpointList:
        """Return all endpoints but those deleted, the oldest first."""
        return read_endpoints()


def _show(routes: Router) -> None:
    @routes.get(
        "/webhook-endpoints/<endpoint_id>",
        operation_id="getWebhookEndpoint",
        summary="A webhook endpoint, how it fares, and its latest replay",
        tags=["webhooks"],
        responses=OK | NOT_FOUND,
    )
    def get_endpoint(endpoint_id: EndpointId) -> EndpointDetails:
        """Return an endpoint as it stands."""
        return details_of(Endpoints(settings().merchant_id).named(endpoint_id))


def _change(routes: Router, kinds: Collection[str]) -> None:
    @routes.patch(
        "/webhook-endpoints/<endpoint_id>",
        operation_id="changeWebhookEndpoint",
        summary="Change, disable or enable a webhook endpoint",
        tags=["webhooks"],
        responses=OK | NOT_FOUND,
    )
    def patch_endpoint(endpoint_id: EndpointId, body: EndpointChange) -> EndpointDetails:
        """Change what is named; enabled again, it is sent what comes from then on."""
        changes = body.model_dump(exclude_none=True)
        if body.events is not None:
            changes["events"] = read_filters(body.events, kinds)
        by = Actor.of(caller(routes))
        return details_of(save_endpoint.change_endpoint(endpoint_id, changes, by))


def _delete(routes: Router) -> None:
    @routes.delete(
        "/webhook-endpoints/<endpoint_id>",
        operation_id="deleteWebhookEndpoint",
        summary="Delete a webhook endpoint for good",
        tags=["webhooks"],
        responses=OK | NOT_FOUND,
    )
    def delete_endpoint(endpoint_id: EndpointId) -> EndpointView:
        """Take an endpoint out, and return it as it stood."""
        gone = save_endpoint.delete_endpoint(endpoint_id, Actor.of(caller(routes)))
        return EndpointView.of(gone, clock.now())


def _rotate(routes: Router) -> None:
    @routes.post(
        "/webhook-endpoints/<endpoint_id>/rotate",
        operation_id="rotateWebhookSecret",
        summary="Give a webhook endpoint its next secret",
        tags=["webhooks"],
        responses=OK | NOT_FOUND | CONFLICT,
    )
    def post_rotation(endpoint_id: EndpointId, body: Rotation) -> EndpointWithSecret:
        """Return the next secret; the one before signs along until the overlap is over."""
        overlap, by = timedelta(hours=body.overlap_hours), Actor.of(caller(routes))
        return shown_once(save_endpoint.rotate_secret(endpoint_id, overlap, body.scheme, by))


def _try(routes: Router) -> None:
    @routes.post(
        "/webhook-endpoints/<endpoint_id>/test",
        operation_id="testWebhookEndpoint",
        summary="Send a webhook endpoint a test, now",
        tags=["webhooks"],
        responses=OK | NOT_FOUND,
    )
    def post_test(endpoint_id: EndpointId, body: TestRequest) -> Tried:
        """Return what the endpoint answered to a webhook of no fact."""
        endpoint = Endpoints(settings().merchant_id).named(endpoint_id)
        return try_endpoint(endpoint, body.comment)


def _replay(routes: Router) -> None:
    @routes.post(
        "/webhook-endpoints/<endpoint_id>/replay",
        operation_id="replayWebhooks",
        summary="Tell a webhook endpoint a window once more",
        tags=["webhooks"],
        responses=OK | NOT_FOUND | CONFLICT,
    )
    def post_replay(endpoint_id: EndpointId, body: ReplayRequest) -> ReplayView:
        """Begin a replay, one at a time; each webhook keeps the id that it always had."""
        window, by = (body.begins_at, body.ends_at), Actor.of(caller(routes))
        begun = open_replay(endpoint_id, window, by, is_missed_only=body.is_missed_only)
        return ReplayView.of(begun)
