"""What is published of recipients, for rooms beside each other that must hear it."""

from typing import Literal

from kassa.core.facts import FactData, MeasuredFactData


class WebhookEndpointDisabled(FactData):
    """A webhook endpoint is sent nothing any more: it said that it is gone, or failed for days."""

    fact: Literal["WebhookEndpointDisabled"] = "WebhookEndpointDisabled"
    endpoint_id: str
    owner_id: str  # the person who entered it, or their key
    because: str  # gone or failing


class AnomalyFound(FactData):
    """Something of a day stands out; `amount` is what is at stake, or no money.

    `object_id` is the anomaly's id. Told once, and no more a day than was entered: while the day
    goes on if it costs money by the hour, else once the day is closed.
    """

    fact: Literal["AnomalyFound"] = "AnomalyFound"
    anomaly_id: str
    kind: str
    headline: str  # what stands out, in English
    day: str  # whose report lists it
    subject_ids: tuple[str, ...] = ()  # some of the payments or invoices it is about


class ReportClosed(FactData):
    """A period's report is closed, and its documents stand."""

    fact: Literal["ReportClosed"] = "ReportClosed"
    period: str  # daily, weekly, monthly or window
    first_day: str  # the merchant's local days
    last_day: str
    page_key: str  # where its page stands in the bucket


class MessageSent(MeasuredFactData):
    """A carrier took a message; `object_id` is its delivery's id, and nobody's address is said."""

    fact: Literal["MessageSent"] = "MessageSent"
    message: str  # its name
    channel: str
    audience: str  # customer or staff
