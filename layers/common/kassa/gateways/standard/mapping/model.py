"""A mapping: what the events of a gateway that signs by Standard Webhooks mean to its merchant.

It is data: paths into the body, our terms and conditions. It computes nothing, so that it can
be checked in full before it books anything. `mapping_texts` reads it, `mapping_checks` checks it
and `mapping_reading` reads events by it.
"""

import hashlib
import json
from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    Field,
    StrictBool,
    StrictStr,
    ValidationInfo,
    field_validator,
)

from kassa.core.model import Model
from kassa.core.paths import Path
from kassa.gateways.events import ObjectKind
from kassa.gateways.standard.mapping.sources import (
    VALUES_MAX,
    AmountSource,
    Decimals,
    TextSource,
    TimeSource,
    Values,
    several,
)
from kassa.gateways.states import RANKS

RULES_MAX, STANDINGS_MAX = 200, 10
Types = Annotated[
    tuple[StrictStr, ...], BeforeValidator(several), Field(min_length=1, max_length=VALUES_MAX)
]


class ModeSource(Model):
    """How an event says whether it is live; an event of the other mode is never booked."""

    path: Path
    live: Values
    test: Values


class About(Model):
    """Whose event it is, by the first of these that the event names.

    A gateway whose refunds name only a charge has its charges for payments: every rule names them.
    """

    payment: Path | None = None
    payout: Path | None = None
    object: Path | None = None  # what belongs to neither


class MovementSource(Model):
    """What moved the balance: its kind, and the fee in the same currency."""

    moves: TextSource
    fee: AmountSource | None = None
    exchanged: AmountSource | None = None  # the gross in the payment's currency


class StandingSource(Model):
    """How one object stands when the rule holds."""

    kind: ObjectKind
    state: StrictStr
    id: Path
    amount: AmountSource
    belongs_to: Path | None = None  # a movement's dispute; where it names none, the payment
    is_assumed: StrictBool = False  # inferred: gives way to what the gateway says for sure
    happened_at: TimeSource | None = None  # else the mapping's
    method: TextSource | None = None
    brand: TextSource | None = None
    reason: TextSource | None = None
    fingerprint: TextSource | None = None
    country: TextSource | None = None
    refund_request_id: TextSource | None = None
    reference: TextSource | None = None
    movement: MovementSource | None = None

    @field_validator("state")
    @classmethod
    def _of_its_kind(cls, state: str, validation: ValidationInfo) -> str:
        kind = validation.data.get("kind")
        if kind is ObjectKind.CARD:
            raise ValueError("a mapping can't say which card it is")
        if kind and state not in RANKS[kind]:
            raise ValueError(f"{state!r} is no state of a {kind}; it has {', '.join(RANKS[kind])}")
        return state


class Rule(Model):
    """What an event of a type means, if all its conditions hold."""

    type: Types
    when: dict[Path, Values] = {}
    ignore: StrictBool = False
    about: About | None = None
    order_id: TextSource | None = None
    customer_id: TextSource | None = None
    language: TextSource | None = None
    object_reports: tuple[StandingSource, ...] = Field(default=(), max_length=STANDINGS_MAX)


class MappingHead(Model):
    """What holds for all of a mapping's rules, unless one says otherwise."""

    type: Path
    happened_at: TimeSource
    mode: ModeSource | None = None
    currency: TextSource | None = None
    decimals: Decimals = {}
    order_id: TextSource | None = None
    customer_id: TextSource | None = None
    language: TextSource | None = None


class Mapping(MappingHead):
    """All of it; of an event type's rules the first that holds counts."""

    rules: tuple[Rule, ...] = Field(min_length=1, max_length=RULES_MAX)

    @property
    def written(self) -> dict[str, Any]:
        """Return it as a person would write it."""
        return self.model_dump(mode="json", exclude_defaults=True)

    @property
    def version(self) -> str:
        """Name it by what it says, so that the same content is the same version."""
        text = json.dumps(self.written, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:12]
