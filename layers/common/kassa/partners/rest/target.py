"""A REST target as data: its address, how it is entered, how often, and what it is to hold.

Secrets are never part of it: they stand in Secrets Manager under the stack's prefix, at
`partners/<name>`. `parse` reads it from what people write, `records` builds records by it.
"""

import re
from datetime import timedelta
from string import Formatter
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
    model_validator,
)

from kassa.core.model import Instant, Model
from kassa.core.paths import Path, steps
from kassa.partners.ports import Holds, Traits
from kassa.partners.rest.sources import Source, SourcePath

RECORDS_MAX, FIELDS_MAX, FACTS_MAX = 30, 100, 60
TargetName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
Kind = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]
Status = Annotated[StrictInt, Field(ge=200, le=599)]
_HEADER = r"^[A-Za-z0-9-]{1,64}$"
_PLACES = {"key", "id"}


def _template(text: str) -> str:
    """Refuse a path that doesn't begin at the base, or has a place that nothing fills."""
    if not re.fullmatch(r"/[!-~]*", text) or "//" in text or ".." in text or "#" in text:
        raise ValueError(f"{text!r} is no path such as /deals/{{key}}")
    places = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    if wrong := sorted(places - _PLACES):
        raise ValueError(f"{text!r} has {{{wrong[0]}}}: only {{key}} and {{id}} are known")
    return text


def _target_field(name: str) -> str:
    if not all(isinstance(step, str) for step in steps(name)):
        raise ValueError(f"{name!r}: a target's field is written like name or group.name")
    return name


PathTemplate = Annotated[StrictStr, AfterValidator(_template)]
TargetField = Annotated[StrictStr, AfterValidator(_target_field)]


class HeaderAuth(Model):
    """A fixed header; the secret has `token`."""

    kind: Literal["header"]
    header: Annotated[str, Field(pattern=_HEADER)] = "Authorization"
    prefix: Annotated[str, Field(pattern=r"^[A-Za-z]{0,20} ?$")] = "Bearer "


class BasicAuth(Model):
    """User name and password; the secret has `username` and `password`."""

    kind: Literal["basic"]


class OAuth2(Model):
    """Client credentials (RFC 6749, 4.4); the secret has `client_id` and `client_secret`."""

    kind: Literal["oauth2"]
    token_url: StrictStr
    scope: StrictStr | None = None
    sends: Literal["basic", "body"] = "basic"  # how the client says who it is


class NoAuth(Model):
    """Nothing: only for trying out."""

    kind: Literal["none"]


Auth = Annotated[HeaderAuth | BasicAuth | OAuth2 | NoAuth, Field(discriminator="kind")]


class Rate(Model):
    """How often it may be called, over all that Kassa runs."""

    per_second: Annotated[StrictInt, Field(ge=1, le=1000)] = 5
    per_minute: Annotated[StrictInt, Field(ge=1, le=60_000)] | None = None

    @property
    def turn(self) -> timedelta:
        """Return how far apart requests are, so that both are kept in whatever second."""
        turn = timedelta(seconds=1) / self.per_second
        return max(turn, timedelta(minutes=1) / self.per_minute) if self.per_minute else turn


class Statuses(Model):
    """What the statuses of its answers mean; what isn't named here is refused by it."""

    done: tuple[Status, ...] = (200, 201, 202, 204)
    exists: tuple[Status, ...] = (409,)  # of a create: it is there already
    missing: tuple[Status, ...] = (404, 410)  # of a look-up: it isn't there
    busy: tuple[Status, ...] = (429,)  # nothing was done
    unknown: tuple[Status, ...] = (408, 500, 502, 503, 504)  # it may have been done
    message: Path | None = None  # where a refusal says why


class Write(Model):
    """One request that writes."""

    method: Literal["PUT", "POST", "PATCH", "DELETE"]
    path: PathTemplate
    id: Path | None = None  # where its answer has the target's own id

    @property
    def needs_id(self) -> bool:
        """Whether its path takes the target's own id."""
        return "{id}" in self.path


class LookUp(Model):
    """How a record is found by our id, and how its answer is read."""

    path: PathTemplate
    query: dict[StrictStr, StrictStr] = {}  # values may have {key}
    found_in: Path | None = None  # the list of those found; none where one record is answered
    key: Path | None = None  # our id in a record; what has another isn't ours
    id: Path | None = None
    version: Path | None = None


class RecordKind(Model):
    """Which facts make which record, and how that is written."""

    kind: Kind
    facts: Annotated[tuple[StrictStr, ...], Field(min_length=1, max_length=FACTS_MAX)]
    holds: Holds
    key: SourcePath = "fact.metadata.fact_id"
    key_field: TargetField | None = None  # where our id stands in what is written
    version_field: TargetField | None = None
    upsert: Write | None = None  # idempotent: by our id, as often as one likes
    create: Write | None = None  # else: once, and then
    update: Write | None = None
    look_up: LookUp | None = None
    fields: Annotated[dict[TargetField, Source], Field(max_length=FIELDS_MAX)] = {}

    @model_validator(mode="after")
    def _written_one_way(self) -> Self:
        if (self.upsert is None) is (self.create is None):
            raise ValueError("give exactly one of upsert and create")
        if self.upsert and self.update:
            raise ValueError("update goes with create; an upsert needs none")
        return self

    def views(self) -> set[str]:
        """Return the views that it reads."""
        return {source.view for source in self.fields.values() if source.view} | {
            str(steps(self.key)[0])
        }


class Target(Model):
    """All of it."""

    name: TargetName
    base_url: StrictStr
    auth: Auth
    enabled: StrictBool = True
    headers: dict[Annotated[str, Field(pattern=_HEADER)], StrictStr] = {}
    rate: Rate = Rate()
    timeout_s: Annotated[StrictInt, Field(ge=1, le=15)] = 10
    settles_s: Annotated[StrictInt, Field(ge=5, le=3600)] = 120
    answers: Statuses = Statuses()
    records: Annotated[tuple[RecordKind, ...], Field(min_length=1, max_length=RECORDS_MAX)]

    def named(self, kind: str) -> RecordKind | None:
        """Return a kind of record by its name."""
        return next((one for one in self.records if one.kind == kind), None)

    def traits(self, kind: RecordKind) -> Traits:
        """Return what may be done with a kind of record."""
        return Traits(
            can_look_up=kind.look_up is not None,
            is_idempotent=kind.upsert is not None,
            settles=timedelta(seconds=self.settles_s),
            request_takes=timedelta(seconds=4 * self.timeout_s),  # found, written, each once more
        )

    @property
    def written(self) -> dict[str, Any]:
        """Return it as a person would write it."""
        return self.model_dump(mode="json", exclude_defaults=True)


class SavedTarget(Model):
    """A version of a target, as it was saved."""

    target: Target
    version: int
    saved_at: Instant
    saved_by: str
