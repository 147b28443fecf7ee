"""One of the gateway's objects as the fold keeps it: how far it came, how far it was published."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field

from kassa.core.model import Model
from kassa.core.money import Money
from kassa.gateways.events import ObjectKind, ObjectReport
from kassa.gateways.payment_methods import means
from kassa.gateways.states import WAYS, Certainty, higher, rank

_TEXTS = (
    *("method", "brand", "reason", "refund_request_id", "reference"),
    *("fingerprint", "country", "card_country", "gateway_risk", "belongs_to", "due_by"),
)
_MAY_HAVE_FAILED = rank(ObjectKind.CHARGE, "captured")  # above, no failure takes a charge back
_OUT_AND_BACK = {kind: (way.out, way.back) for kind, way in WAYS.items()} | {
    ObjectKind.CHARGE: ("captured", "released")
}


def _ours(method: str | None) -> str | None:
    """Read a method of ours; what was stored before there was a list is the gateway's code."""
    return means(method).method


class PaymentStatus(StrEnum):
    """How a payment stands, in one word; the first that fits, from the top."""

    DISPUTED = "disputed"  # a bank is still deciding
    CHARGED_BACK = "charged_back"  # a bank took it, or a part of it, for good
    REFUNDED = "refunded"  # nothing of it is left
    PARTLY_REFUNDED = "partly_refunded"
    CAPTURED = "captured"
    AUTHORIZED = "authorized"
    VOIDED = "voided"
    FAILED = "failed"  # no attempt has succeeded so far
    CREATED = "created"


# What most payments come to, or pass through, is found among all of a day; the others have lists.
LISTED = frozenset(PaymentStatus) - {PaymentStatus.CREATED, PaymentStatus.CAPTURED}


class ObjectState(Model):
    """How far one of the gateway's objects has come, and how far that was published and posted.

    Short names in the table, since DynamoDB bills names too.
    """

    kind: ObjectKind = Field(alias="k")
    state: str = Field(alias="s")
    amount_minor: int = Field(alias="a")
    currency: str = Field(alias="c")
    happened_at: int = Field(alias="t")  # seconds since 1970, UTC
    published: str | None = Field(default=None, alias="f")  # the state whose fact was published
    posted_minor: int = Field(default=0, alias="p")  # of what it took in or moved out
    returned_minor: int = Field(default=0, alias="v")  # how much of what came back is posted
    posted_currency: str | None = Field(default=None, alias="d")  # where it was another
    opening_minor: int = Field(default=0, alias="g")  # captures: posted as an opening balance
    left_minor: int = Field(default=0, alias="w")  # what went out, where since then it came back
    failed_at: int | None = Field(default=None, alias="z")  # captures: when last reported as failed
    is_assumed: bool = Field(default=False, alias="y")
    is_settled: bool = Field(default=False, alias="u")  # charges: a settlement proves it
    belongs_to: str | None = Field(default=None, alias="o")
    method: Annotated[str | None, BeforeValidator(_ours)] = Field(default=None, alias="m")
    brand: str | None = Field(default=None, alias="n")
    reason: str | None = Field(default=None, alias="e")
    refund_request_id: str | None = Field(default=None, alias="q")
    fingerprint: str | None = Field(default=None, alias="i")  # captured charges: of the card
    country: str | None = Field(default=None, alias="l")
    card_country: str | None = Field(default=None, alias="h")  # of charges; for reports
    gateway_risk: str | None = Field(default=None, alias="r")
    reference: str | None = Field(default=None, alias="b")  # refunds: the bank's trace number
    due_by: str | None = Field(default=None, alias="x")  # disputes: evidence, ISO 8601 in UTC

    @property
    def reached(self) -> str:
        """Return the highest state any event reported: a capture, also where it failed later."""
        is_taken_back = self.state == "returned" and self.failed_at is not None
        return "captured" if is_taken_back else self.state

    @property
    def amount(self) -> Money:
        """Return the amount as money."""
        return self.money(self.amount_minor)

    def money(self, amount_minor: int) -> Money:
        """Return an amount in the object's currency."""
        return Money(amount_minor=amount_minor, currency=self.currency)

    @property
    def instant(self) -> datetime:
        """Return when it happened, aware and in UTC."""
        return datetime.fromtimestamp(self.happened_at, UTC)

    @property
    def out_minor(self) -> int:
        """Return what it moved out of the merchant's hands; nothing comes back that hadn't left.

        A return that is a movement of its own says nothing of what had left before.
        """
        way = WAYS.get(self.kind)
        if way is None or self.reached not in (way.out, way.back):
            return 0
        if self.reached == way.back and self.belongs_to:
            return self.left_minor
        return max(self.amount_minor, self.left_minor, key=abs)

    @property
    def back_minor(self) -> int:
        """Return what of it came back."""
        way = WAYS.get(self.kind)
        return self.amount_minor if way and self.reached == way.back else 0

    @property
    def refunded(self) -> Money:
        """Return what a refund takes off: what left less what came back, or what will leave."""
        is_on_its_way = self.state in ("pending", "requires_action")
        return self.money(self.amount_minor if is_on_its_way else self.out_minor - self.back_minor)

    @property
    def certainty(self) -> Certainty:
        """Return how sure its state is; what a settlement proves is no assumption any more."""
        if self.is_settled:
            return Certainty.SETTLED
        return Certainty.ASSUMED if self.is_assumed else Certainty.REPORTED

    @property
    def rank(self) -> float:
        """Return how far it has come, and how sure that is."""
        return rank(self.kind, self.reached, self.certainty)

    @property
    def precedence(self) -> tuple[object, ...]:
        """What decides between two reports of one object; a total order, so `max` commutes."""
        amount = abs(self.amount_minor), self.amount_minor, self.currency
        return self.rank, *amount, self.happened_at


class ClosedObjects(Model):
    """What settled objects come to that have left the item of their payment."""

    count: int = 0
    refunded: dict[str, int] = {}  # currency -> minor units: what left less what came back
    named: dict[str, int] = {}  # currency -> minor units of all refunds, as they were reported


def seconds(instant: datetime) -> int:
    """Return whole seconds since 1970, as gateways count."""
    return int(instant.timestamp())


def raised(known: ObjectState, reported: ObjectState) -> ObjectState:
    """Join two reports of one object; commutes, and a report joined twice changes nothing.

    The surest report of the highest state counts, with the largest amount and the latest time of
    its kind. What had left before it came back, and when a charge last failed, is kept
    beside: a capture that failed after it had succeeded was taken back, as bank debits are.
    """
    highest = max(known, reported, key=lambda one: one.precedence)
    equals = [one for one in (known, reported) if one.rank == highest.rank]
    happened_at = max(one.happened_at for one in equals)
    failed_at = _failed_at(known, reported, highest)
    may_fail = highest.reached == "captured" and not highest.is_settled
    is_taken_back = may_fail and failed_at and failed_at > happened_at
    return highest.model_copy(
        update={
            "state": "returned" if is_taken_back else highest.reached,
            "happened_at": happened_at,
            "left_minor": _left(known, reported, highest),
            "failed_at": failed_at,
            "is_settled": any(one.is_settled for one in equals),
            "is_assumed": all(one.is_assumed for one in _of_one_certainty(known, reported, equals)),
        }
    )


def _left(known: ObjectState, reported: ObjectState, highest: ObjectState) -> int:
    """Return what had moved before; of a charge that was released, what was taken for captured."""
    out, back = _OUT_AND_BACK.get(highest.kind, ("", ""))
    if highest.reached != back:
        return 0
    left = [one.amount_minor if one.reached == out else one.left_minor for one in (known, reported)]
    return max(left, key=lambda minor: (abs(minor), minor))


def _failed_at(known: ObjectState, reported: ObjectState, highest: ObjectState) -> int | None:
    """Return when a charge last failed, as long as that can matter to what it still may reach.

    Ranks only rise, so what is forgotten at one of them matters at none above it either.
    """
    is_above = highest.kind is not ObjectKind.CHARGE or highest.rank > _MAY_HAVE_FAILED
    if is_above or highest.reached == "failed":
        return None
    failed = [
        one.happened_at if one.reached == "failed" else one.failed_at for one in (known, reported)
    ]
    return max((at for at in failed if at is not None), default=None)


def _of_one_certainty(
    known: ObjectState, reported: ObjectState, equals: list[ObjectState]
) -> list[ObjectState]:
    """Return the reports that decide if it is assumed: a charge's highest, else every one."""
    return equals if known.kind is ObjectKind.CHARGE else [known, reported]


def joined(known: ObjectState | None, report: ObjectReport) -> ObjectState:
    """Bring a report into what is known of its object; what was published and posted stays."""
    reported = ObjectState(
        kind=report.kind,
        state=report.state,
        amount_minor=report.amount.amount_minor,
        currency=report.amount.currency,
        happened_at=seconds(report.happened_at),
        is_assumed=report.is_assumed,
        is_settled=report.is_settled,
        due_by=_due_by(report.evidence_due_by),
        **{name: getattr(report, name) for name in _TEXTS if name != "due_by"},
    )
    if known is None:
        return reported
    texts: dict[str, object] = {
        name: merged(getattr(known, name), getattr(reported, name)) for name in _TEXTS
    }
    risk = {"gateway_risk": higher(known.gateway_risk, reported.gateway_risk)}
    paid = max(known, reported, key=_means)  # together: a card's brand is no wallet's
    paid_with = {"method": paid.method, "brand": paid.brand}
    posted = ("published", "posted_minor", "returned_minor", "opening_minor")
    kept = {name: getattr(known, name) for name in posted}
    highest = raised(known, reported)
    posted_in = known.posted_currency or known.currency
    is_other = posted_in != highest.currency and (known.posted_minor or known.returned_minor)
    kept["posted_currency"] = posted_in if is_other else None
    fields = {name: getattr(highest, name) for name in ObjectState.model_fields}
    return known.model_copy(
        update=fields | kept | texts | paid_with | risk
    )  # its other fields stay


def _due_by(at: datetime | None) -> str | None:
    """Write an instant as a text, of which the later one is the greater."""
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else None


def merged(known: str | None, reported: str | None) -> str | None:
    """Merge two reports of one text; commutes, so which came first doesn't matter."""
    return max(known or "", reported or "") or None


def _means(known: ObjectState) -> tuple[str, str]:
    """What decides between two reports of what was paid with; a brand outranks none."""
    return known.method or "", known.brand or ""
