"""One of the gateway's objects as the fold keeps it: how far it came, and how far that was told."""

from datetime import UTC, datetime

from pydantic import Field

from kassa.domain.events import ObjectKind
from kassa.domain.model import Model
from kassa.domain.money import Money
from kassa.domain.ranks import rank


class ObjectState(Model):
    """How far one of the gateway's objects has come, and how far that was told and posted.

    Short names in the table, since DynamoDB bills names too.
    """

    kind: ObjectKind = Field(alias="k")
    state: str = Field(alias="s")
    amount_minor: int = Field(alias="a")
    currency: str = Field(alias="c")
    happened_at: int = Field(alias="t")  # seconds since 1970, UTC
    told: str | None = Field(default=None, alias="f")  # the state whose fact was told
    posted_minor: int = Field(default=0, alias="p")  # charges: how much of the capture is posted
    method: str | None = Field(default=None, alias="m")
    reason: str | None = Field(default=None, alias="e")
    refund_request_id: str | None = Field(default=None, alias="q")
    fingerprint: str | None = Field(default=None, alias="i")  # captured charges: of the card
    country: str | None = Field(default=None, alias="l")
    gateway_risk: str | None = Field(default=None, alias="r")
    reference: str | None = Field(default=None, alias="b")  # refunds: the bank's trace number

    @property
    def amount(self) -> Money:
        """Return the amount as money."""
        return Money(amount_minor=self.amount_minor, currency=self.currency)

    @property
    def instant(self) -> datetime:
        """Return when it happened, aware and in UTC."""
        return datetime.fromtimestamp(self.happened_at, UTC)

    @property
    def standing(self) -> tuple[int, int, str, int]:
        """What decides between two tellings of one object; a total order, so `max` commutes."""
        return rank(self.kind, self.state), self.amount_minor, self.currency, self.happened_at


def seconds(instant: datetime) -> int:
    """Return whole seconds since 1970, as gateways count."""
    return int(instant.timestamp())
