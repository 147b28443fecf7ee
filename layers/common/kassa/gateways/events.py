"""What gateways report, in our terms: an event names a subject and how its objects stand."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, StrictInt

from kassa.core.model import Instant, Label, Model
from kassa.core.money import Money

FUNDS = "/funds"  # what a dispute moved, where its movements have no names of their own
UNNAMED = "?"  # belongs_to begins so where the gateway doesn't say which of a payment's disputes
BALANCE, LOOK_UP = "balance:", "look_up:"
FETCHED = (BALANCE, LOOK_UP)  # how the ids of events begin that no gateway sends by itself


class SubjectKind(Label):
    """What an event is about: a payment, a payout, or an object that belongs to neither."""

    PAYMENT = "payment"
    PAYOUT = "payout"
    OBJECT = "object"


class Subject(Model):
    """Whose partition an event stands in; ids are the gateway's own, so both names are needed."""

    gateway: str
    account: str
    kind: SubjectKind
    subject_id: str


class ObjectKind(StrEnum):
    """The gateway's objects, in the glossary's terms."""

    PAYMENT = "payment"
    CHARGE = "charge"
    REFUND = "refund"
    REFUNDED_TOTAL = "refunded_total"  # what a charge says was refunded, without naming refunds
    DISPUTE = "dispute"
    DISPUTE_FUNDS = "dispute_funds"  # one movement of money for a dispute, or for a reversal
    CHECKOUT = "checkout"
    PAYOUT = "payout"
    BALANCE_TRANSACTION = "balance_transaction"
    CARD = "card"  # that a gateway keeps for a customer; one object for each date it ends on


SIGNED = frozenset({ObjectKind.BALANCE_TRANSACTION, ObjectKind.PAYOUT})  # others are never below 0
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]  # ISO 3166-1
# How often a payment comes again, as an ISO 8601 duration; `P` where the gateway doesn't say.
Interval = Annotated[str, Field(pattern=r"^P([1-9][0-9]{0,3}[DWMY])?$")]
UNSAID = "P"
AMOUNT_MAX = 10**15  # minor units; no payment has more, and every reader of the archive holds it


class Movement(Model):
    """What a balance transaction moved: gross and fee in the balance's currency.

    `exchanged` is the gross in the payment's currency where the gateway converted it. `moves`
    says what the gateway calls it: a charge, refund, dispute, payout, fee or anything else.
    """

    moves: str
    gross: Money
    fee_minor: int
    exchanged: Money | None = None


class Card(Model):
    """A card as people tell it from others; never its whole number."""

    last4: Annotated[str, Field(pattern=r"^[0-9]{4}$")]
    exp_month: Annotated[StrictInt, Field(ge=1, le=12)]  # to whose end it can be used
    exp_year: Annotated[StrictInt, Field(ge=2000, le=2999)]
    brand: str | None = None  # visa, mastercard …


class ObjectReport(Model):
    """How one of the gateway's objects stands, as one event reports it.

    Money that the gateway moved for a dispute or a reversal is an object of its own for each
    movement (`DISPUTE_FUNDS`, under the gateway's id of the movement): `withdrawn` or
    `reinstated`, with `belongs_to` naming the dispute or capture. So partial returns and repeated
    movements need no rule, and add up in any order.
    """

    object_id: str
    kind: ObjectKind
    state: str  # one of payments.RANKS[kind]
    amount: Money
    happened_at: Instant  # from the object, never from the delivery; captures: when captured
    is_assumed: bool = False  # inferred, not said by the gateway: gives way to what it says
    is_settled: bool = False  # charges: a settlement proves it, and it beats what was only said
    belongs_to: str | None = None  # dispute funds: the dispute, or what was reversed without one
    method: str | None = None  # one of payment_methods.PaidMethod; charges only
    brand: str | None = None  # of the method: visa, sepa_debit, klarna …
    reason: str | None = None  # failure or dispute code, as the gateway spells it
    refund_request_id: str | None = None  # ours, from the refund's metadata
    movement: Movement | None = None  # balance transactions only
    fingerprint: str | None = None  # the card's; captured charges only, as the two below
    country: str | None = None  # of the card, or else of the billing address
    gateway_risk: str | None = None  # one of states.LEVELS
    card_country: Country | None = (
        None  # charges: where the card is from, else who pays; for reports
    )
    reference: str | None = None  # refunds: the bank's trace number, by which it can find them
    card: Card | None = None  # cards only
    evidence_due_by: Instant | None = None  # disputes: until when the gateway takes evidence


class GatewayEvent(Model):
    """One event of a gateway, named in our terms."""

    event_id: str
    subject: Subject
    gateway_type: str
    happened_at: Instant
    object_reports: tuple[ObjectReport, ...] = Field(min_length=1)
    order_id: str | None = None
    invoice_number: str | None = None  # ours, as printed, where a payment was entered for it
    customer_id: str | None = None
    customer_from_order: bool | None = None  # Kassa's own order says so, not the gateway
    gateway_customer_id: str | None = None  # whom the gateway named then; lists the payment alone
    language: str | None = None  # BCP 47, from the order's metadata
    recurring: Interval | None = None  # collected by an agreement, again and again
    agreement_id: str | None = None  # the gateway's: a subscription, a stored payment method
    recurring_minor: StrictInt | None = None  # of the amount, what comes again; none: all of it
    charge_reference: str | None = None  # the charge to follow where the event names no payment


class Ignored(Model):
    """An event we don't act on: kept, counted by type and acknowledged."""

    event_id: str
    subject: Subject
    gateway_type: str
    happened_at: Instant


class UnverifiedNotification(Model):
    """Something a gateway said and nothing proves in full: it is read back before it counts."""

    event_id: str
    gateway_type: str
    happened_at: Instant
    reads: str  # what is read back, as the gateway's module names it
    object_id: str
    fallback_id: str | None = None  # what to read where the gateway has forgotten the first
    submission_id: str | None = (
        None  # our name of the attempt whose callback it is: only that is read
    )
    name: str | None = None  # one name, one body: the answer is kept under it
    digest: str = ""  # of the body that came under the name; another body is refused


class ErasedBody(Model):
    """What is left of a body that was erased with the person it was about.

    What it was read as names nobody, so books can be built again without it.
    """

    sha256: str  # of the bytes
    event: dict[str, Any] | None = None  # a GatewayEvent, or what was ignored; none: never read
    is_ignored: bool = False


class Delivery(Model):
    """What stands on EventsQueue: the verified bytes and what their webhook endpoint means."""

    gateway: str
    account: str
    merchant_id: str
    mode: str  # live or test; an event of the other mode is counted, never booked
    received_at: Instant
    origin: str = "webhook"  # webhook, pull, look_up, import or resend
    body_base64: str = ""
    body_key: str | None = None  # where the body lies when it is too large for a message
    opened_at: Instant | None = None  # what was captured before this is an opening balance
    import_id: str | None = None  # of a row of an import: which one
    imported_until: Instant | None = None  # what happened before this was imported, never news
    shop: str | None = None  # the account's own id at the gateway, where it was configured
    delivery_id: str | None = None  # what the gateway calls it in its headers
    is_unverified: bool = False  # nobody signed it: it may only lead to reading back
    reread: bool = False
    erased: ErasedBody | None = None  # instead of a body
