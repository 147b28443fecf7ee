"""A webhook endpoint: where facts are sent, which, and what proves that they are ours."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import Field

from kassa.core.errors import Conflict
from kassa.core.model import Instant, Label, Model

ENDPOINTS_MAX = 50  # of a merchant, deleted ones aside
OVERLAP = timedelta(hours=24)  # how long the secret before signs along, unless somebody says
OVERLAP_HOURS_MAX = 168
NOTED_WHILE_OFF = timedelta(days=31)  # what a disabled endpoint misses is noted that long
KEPT_WHEN_DELETED = timedelta(days=90)

DESCRIPTION_MAX = 200
Description = Annotated[str, Field(max_length=DESCRIPTION_MAX, pattern=r"^[^@\r\n]*$")]


class Scheme(StrEnum):
    """How a webhook is signed, by Standard Webhooks' names."""

    V1 = "v1"  # HMAC-SHA256, by a secret that both sides hold (whsec_…)
    V1A = "v1a"  # ed25519: we hold the private key, and everybody may have the public one (whpk_…)


class EndpointStatus(StrEnum):
    """Whether an endpoint is sent anything."""

    ACTIVE = "active"
    DISABLED = "disabled"
    DELETED = "deleted"  # for good


class Because(Label):
    """Why an endpoint is disabled."""

    BY_PERSON = "by_person"
    GONE = "gone"  # it answered 410
    FAILING = "failing"  # nothing but failures, for days


class SecretVersion(NamedTuple):
    """Which secret of an endpoint; from this alone it is derived."""

    scheme: Scheme
    number: int


class Endpoint(Model):
    """Where facts are sent; it holds no secret and no mail address."""

    endpoint_id: str = Field(pattern=r"^we_[0-9a-f]{12}$")
    url: str
    events: tuple[str, ...]  # filters
    description: Description = ""
    scheme: Scheme = Scheme.V1
    secret_number: int = 1
    previous_scheme: Scheme | None = None  # of the secret before this one
    previous_until: Instant | None = None  # it signs along until then
    owner_id: str  # the person who entered it; their key where there is none
    status: EndpointStatus = EndpointStatus.ACTIVE
    disabled_at: Instant | None = None
    disabled_because: Because | None = None
    is_published: bool = True  # no: it is disabled, and the fact of it isn't on the bus yet
    created_at: Instant
    version: int = 1  # how often it was written

    @property
    def recipient(self) -> str:
        """Return how deliveries name it."""
        return f"endpoint:{self.endpoint_id}"

    @property
    def is_active(self) -> bool:
        """Whether anything is sent to it."""
        return self.status is EndpointStatus.ACTIVE

    def signs_by(self, now: datetime) -> tuple[SecretVersion, ...]:
        """Return the secrets that sign now, the newest first."""
        newest = SecretVersion(self.scheme, self.secret_number)
        if self.previous_scheme is None or not self.is_overlapping(now):
            return (newest,)
        return (newest, SecretVersion(self.previous_scheme, self.secret_number - 1))

    def is_overlapping(self, now: datetime) -> bool:
        """Whether the secret before still signs along."""
        return self.previous_until is not None and now < self.previous_until

    def notes_what_it_misses(self, now: datetime) -> bool:
        """Whether what it isn't sent is written down, so that it can be replayed."""
        if self.status is not EndpointStatus.DISABLED or self.disabled_at is None:
            return False
        return now - self.disabled_at < NOTED_WHILE_OFF


def rotated(
    endpoint: Endpoint, now: datetime, overlap: timedelta, scheme: Scheme | None = None
) -> Endpoint:
    """Return an endpoint with its next secret; the one before signs along for a while.

    Raises Conflict while an earlier one still does: a receiver may know that one alone.
    """
    if endpoint.is_overlapping(now) and overlap:
        raise Conflict(
            f"the secret before signs until {endpoint.previous_until:%Y-%m-%dT%H:%M:%SZ}: rotate"
            " then, or with overlap_hours 0, which ends every secret but the new one at once"
        )
    return endpoint.model_copy(
        update={
            "scheme": scheme or endpoint.scheme,
            "secret_number": endpoint.secret_number + 1,
            "previous_scheme": endpoint.scheme if overlap else None,
            "previous_until": now + overlap if overlap else None,
            "version": endpoint.version + 1,
        }
    )


def disabled(endpoint: Endpoint, because: Because, now: datetime) -> Endpoint:
    """Return an endpoint that is sent nothing any more; the world is to hear what we found."""
    return endpoint.model_copy(
        update={
            "status": EndpointStatus.DISABLED,
            "disabled_at": now,
            "disabled_because": because,
            "is_published": because is Because.BY_PERSON,
            "version": endpoint.version + 1,
        }
    )


def enabled(endpoint: Endpoint) -> Endpoint:
    """Return an endpoint that is sent facts again."""
    return endpoint.model_copy(
        update={
            "status": EndpointStatus.ACTIVE,
            "disabled_at": None,
            "disabled_because": None,
            "is_published": True,
            "version": endpoint.version + 1,
        }
    )


def deleted(endpoint: Endpoint) -> Endpoint:
    """Return an endpoint that is out for good; where it was is forgotten."""
    return endpoint.model_copy(
        update={
            "status": EndpointStatus.DELETED,
            "url": "",
            "description": "",
            "is_published": True,
            "version": endpoint.version + 1,
        }
    )
