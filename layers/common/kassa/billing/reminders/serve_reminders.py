"""The routes of reminders: what was sent, and their pauses; `messages` has what they will send."""

from typing import Annotated

from aws_lambda_powertools.event_handler.api_gateway import Router
from pydantic import Field

from kassa.audit.trail import Actor
from kassa.billing.numbering.record import DIGITS_MAX, REASON_MAX
from kassa.billing.reminders.facts import Channel, RemindedInvoice, Tone
from kassa.billing.reminders.pause_reminders import (
    Pause,
    Whose,
    pause_reminders,
    resume_reminders,
)
from kassa.billing.reminders.store import KeptCustomer, KeptReminder, Reminded
from kassa.core.errors import InvalidRequest
from kassa.core.merchant import Merchant
from kassa.core.model import Instant, Model
from kassa.core.money import Money
from kassa.http_api.api import NOT_FOUND, OK, an_id, caller
from kassa.http_api.list_parameters import CalendarDay
from kassa.orders.order import CustomerId as SentCustomerId
from kassa.platform.settings import settings
from kassa.platform.telemetry import time_left_s

TAGS = ["reminders"]
routes = Router()  # type: ignore[no-untyped-call]

Number = Annotated[str, Field(pattern=rf"^[0-9]{{4}}-[0-9]{{{DIGITS_MAX}}}$")]
OfCustomer = Annotated[SentCustomerId, an_id("The shop's id of the customer.")]


class WhoseBody(Model):
    """Of whom: all that a customer owes, or one invoice."""

    customer_id: SentCustomerId | None = None
    invoice_number: Number | None = None

    @property
    def whose(self) -> Whose:
        """Return it; raise InvalidRequest where it names none, or two."""
        if (self.customer_id is None) == (self.invoice_number is None):
            raise InvalidRequest("customer_id: name a customer, or an invoice_number")
        return Whose(self.customer_id, self.invoice_number)


class PauseBody(WhoseBody):
    """That nobody is reminded until a day is over, and why; a reason is kept for good."""

    until: CalendarDay
    reason: Annotated[str, Field(min_length=1, max_length=REASON_MAX)]


class Pauses(Model):
    """Until the end of which days a customer isn't reminded."""

    customer_id: str
    paused_until: CalendarDay | None = None  # of all that they owe
    invoices: dict[str, CalendarDay] = {}  # by number

    @classmethod
    def of(cls, kept: KeptCustomer) -> "Pauses":
        """Return what is kept of a customer."""
        state = kept.state
        return cls(
            customer_id=kept.customer_id,
            paused_until=state.paused_until,
            invoices=state.pauses,
        )


class SentReminder(Model):
    """A reminder that was decided; whether it arrived stands with its deliveries."""

    reminder_id: str
    stage: str
    decided_at: Instant
    anchor: str
    step: str
    days: int
    channel: Channel
    tone: Tone
    invoices: tuple[RemindedInvoice, ...]
    amounts: tuple[Money, ...]

    @classmethod
    def of(cls, kept: KeptReminder) -> "SentReminder":
        """Return a reminder as it is kept."""
        shown = {name: getattr(kept.reminder, name) for name in cls.model_fields if name != "stage"}
        return cls(stage=kept.stage.value, **shown)


class CustomerReminders(Model):
    """What a customer was reminded of, the latest last, and their pauses."""

    pauses: Pauses
    reminders: tuple[SentReminder, ...]


@routes.post(
    "/reminders/pause",
    operation_id="pauseReminders",
    summary="Pause the reminders of a customer or an invoice",
    tags=TAGS,
    responses=OK | NOT_FOUND,
)
def post_pause(body: PauseBody) -> Pauses:
    """Remind nobody until a day is over; another pause takes its place."""
    pause = Pause(body.until, body.reason, Actor.of(caller(routes)))
    left_s = time_left_s(routes.lambda_context)
    return Pauses.of(pause_reminders(_merchant(), body.whose, pause, left_s))


@routes.post(
    "/reminders/resume",
    operation_id="resumeReminders",
    summary="Resume the reminders of a customer or an invoice",
    tags=TAGS,
    responses=OK | NOT_FOUND,
)
def post_resume(body: WhoseBody) -> Pauses:
    """Remind again from now on."""
    by, left_s = Actor.of(caller(routes)), time_left_s(routes.lambda_context)
    return Pauses.of(resume_reminders(_merchant(), body.whose, by, left_s))


@routes.get(
    "/reminders/customers/<customer_id>",
    operation_id="listReminders",
    summary="What a customer was reminded of",
    tags=TAGS,
    responses=OK | NOT_FOUND,
)
def get_reminders(customer_id: OfCustomer) -> CustomerReminders:
    """Return a customer's reminders and pauses; of one that was never reminded, none."""
    reminded = Reminded(settings().merchant_id)
    kept = reminded.found([customer_id])[customer_id]
    sent = tuple(map(SentReminder.of, reminded.reminders_of(customer_id)))
    return CustomerReminders(pauses=Pauses.of(kept), reminders=sent)


def _merchant() -> Merchant:
    return Merchant.from_settings(settings().model_dump())
