"""What is published of reminders: that one is due, and that a checkout was left unpaid.

A fact says that somebody is to be told, not that they were: whoever tells them asks `still_due`
just before, since what is owed may be paid by then. What being late costs is a fact of its
invoice (`LateFeeCharged`).
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from kassa.core.facts import FactData
from kassa.core.model import Label, Model
from kassa.core.money import Money


class Channel(Label):
    """By what a customer is to be told."""

    MAIL = "mail"
    TEXT = "text"
    LETTER = "letter"


class Tone(Label):
    """How a customer is told, more serious from one to the next."""

    FRIENDLY = "friendly"
    NEUTRAL = "neutral"
    FIRM = "firm"
    FINAL = "final"


class RemindedInvoice(Model):
    """An invoice as a reminder names it."""

    number: str  # as it is printed
    order_id: str | None = None
    due_on: date  # by the seller's calendar
    open: Money  # all that is owed of it, late charges too
    fee_minor: int = 0  # of that
    interest_minor: int = 0


class ReminderDue(FactData):
    """A customer is to be reminded of what they owe: once for each anchor and step.

    `object_id` is the reminder's id, `amount` what is owed in the anchor's currency.
    """

    fact: Literal["ReminderDue"] = "ReminderDue"
    customer_id: str
    anchor: str  # the number of the oldest invoice that is reminded of; steps count from its day
    step: str  # the policy's name of it
    days: int  # of the step, after the anchor's due date; below zero before it
    channel: Channel
    tone: Tone
    invoices: tuple[RemindedInvoice, ...]  # first due first; the first is the anchor
    amounts: tuple[Money, ...]  # what they come to, one for each currency


class CheckoutAbandoned(FactData):
    """A customer who agreed to be told so left an order unpaid; once for each order.

    `object_id` is the order's id, `amount` what it costs.
    """

    fact: Literal["CheckoutAbandoned"] = "CheckoutAbandoned"
    customer_id: str
    order_id: str


ReminderFactData = Annotated[ReminderDue | CheckoutAbandoned, Field(discriminator="fact")]
