"""Read endpoints as they are shown: how they fare, their latest replay; no secret but once."""

from datetime import datetime

from kassa.core.model import Instant, Model
from kassa.partners.webhooks.endpoints import watch_endpoint
from kassa.partners.webhooks.endpoints.endpoint import Because, Endpoint, EndpointStatus, Scheme
from kassa.partners.webhooks.endpoints.save_endpoint import WithSecret
from kassa.partners.webhooks.endpoints.store import Endpoints
from kassa.partners.webhooks.replays.store import Replays
from kassa.partners.webhooks.replays.window import Replay, ReplayStatus
from kassa.platform import clock
from kassa.platform.settings import settings


class ReplayView(Model):
    """How far a replay is."""

    replay_id: str
    begins_at: Instant
    ends_at: Instant
    is_missed_only: bool
    status: ReplayStatus
    enqueued: int
    started_at: Instant

    @classmethod
    def of(cls, replay: Replay) -> "ReplayView":
        """Return a replay as it is shown."""
        return cls.model_validate({name: getattr(replay, name) for name in cls.model_fields})


class EndpointView(Model):
    """An endpoint as it stands; it shows no secret."""

    endpoint_id: str
    url: str
    events: tuple[str, ...]
    description: str
    scheme: Scheme
    secret_number: int
    previous_until: Instant | None = None
    owner_id: str
    status: EndpointStatus
    disabled_at: Instant | None = None
    disabled_because: Because | None = None
    created_at: Instant

    @classmethod
    def of(cls, endpoint: Endpoint, now: datetime) -> "EndpointView":
        """Return an endpoint as it is shown; a secret that ended signs along no more."""
        shown = {name: getattr(endpoint, name) for name in cls.model_fields}
        if not endpoint.is_overlapping(now):
            shown["previous_until"] = None
        return cls.model_validate(shown)


class EndpointList(Model):
    """All endpoints, the oldest first."""

    endpoints: tuple[EndpointView, ...]


class EndpointDetails(Model):
    """An endpoint, how it fares, and its latest replay."""

    endpoint: EndpointView
    failing_since: Instant | None = None
    left_alone_until: Instant | None = None
    replay: ReplayView | None = None


class EndpointWithSecret(Model):
    """An endpoint with what its receiver verifies by, which isn't shown again."""

    endpoint: EndpointView
    secret: str


def read_endpoints() -> EndpointList:
    """Return all endpoints but those deleted, the oldest first."""
    listed, now = Endpoints(settings().merchant_id).listed(), clock.now()
    return EndpointList(endpoints=tuple(EndpointView.of(one, now) for one in listed))


def details_of(endpoint: Endpoint) -> EndpointDetails:
    """Return an endpoint with how it fares now."""
    circuit = watch_endpoint.circuits().read(endpoint.endpoint_id)
    replay = Replays(settings().merchant_id).latest(endpoint.endpoint_id)
    return EndpointDetails(
        endpoint=EndpointView.of(endpoint, clock.now()),
        failing_since=circuit.silent_since,
        left_alone_until=circuit.rests_until,
        replay=ReplayView.of(replay) if replay else None,
    )


def shown_once(made: WithSecret) -> EndpointWithSecret:
    """Return an endpoint with the secret that isn't shown again."""
    return EndpointWithSecret(
        endpoint=EndpointView.of(made.endpoint, clock.now()), secret=made.secret
    )
