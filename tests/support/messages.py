"""A stage for messages: settings that let mails out, a carrier of the test, facts on the bus."""

import email
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Any

from functions.send_message.app import lambda_handler
from kassa.audit.trail import Actor
from kassa.deliveries.delivery import Delivery
from kassa.deliveries.lists import DeliveryFilter, of_day
from kassa.messages.settings.message_settings import MessageSettingsDraft
from kassa.messages.settings.save_settings import save_settings
from kassa.platform import aws
from kassa.platform.index_pages import PageRequest
from tests.support.aws_stack import NOW, Context, Stack
from tests.support.queue_batches import batch, failed

SENDER = {"address": "shop@shop.example", "name": "Kauppa"}
BUYER = {
    "name": "Maija Esimerkki",
    "address": {"lines": ["Testikuja 3"], "city": "Turku", "postal_code": "20100", "country": "FI"},
    "email": "maija@buyer.example",
    "phone": "+358 40 1234567",
}


@dataclass
class FakeCarrier:
    """SES and End User Messaging: they keep what they took, or raise what the test says."""

    mails: list[dict[str, Any]] = field(default_factory=list)
    texts: list[dict[str, Any]] = field(default_factory=list)
    raises: list[Exception] = field(default_factory=list)  # one for each call, in turn
    on_call: Callable[[], None] | None = None  # what happens while it takes one
    is_taken_though: bool = False  # it took what it raises at, and its answer was lost

    def send_email(self, **request: Any) -> dict[str, str]:
        """Take a mail."""
        return self._take(self.mails, request)

    def send_text_message(self, **request: Any) -> dict[str, str]:
        """Take a text."""
        return self._take(self.texts, request)

    def _take(self, kept: list[dict[str, Any]], request: dict[str, Any]) -> dict[str, str]:
        if self.on_call is not None:
            self.on_call()
        if self.raises:
            if self.is_taken_though:
                kept.append(request)
            raise self.raises.pop(0)
        kept.append(request)
        return {"MessageId": f"0102-{len(kept)}"}

    @property
    def read(self) -> list[EmailMessage]:
        """Return the mails as their readers have them."""
        raw = (one["Content"]["Raw"]["Data"] for one in self.mails)
        return [email.message_from_bytes(one, policy=default) for one in raw]


def carrier() -> FakeCarrier:
    """Put a carrier in place of AWS'."""
    fake = FakeCarrier()
    aws.install({"sesv2": fake, "pinpoint-sms-voice-v2": fake})
    return fake


def let_out(**fields: Any) -> None:
    """Save settings by which mails are sent."""
    draft = MessageSettingsDraft.model_validate({"sender": SENDER} | fields)
    save_settings(draft, "main", Actor(key_id="key-1"), lambda: 20.0)


def tell(*bodies: str) -> list[str]:
    """Hand messages of the queue to send_message; return those that come back."""
    return failed(lambda_handler(batch(*bodies), Context()))


def enveloped(fact: Any) -> str:
    """Return a fact as the bus puts it on a queue."""
    return json.dumps({"detail": fact.model_dump(mode="json", exclude_none=True)})


def facts_on_the_bus(stack: Stack, *kinds: str) -> list[str]:
    """Take what was published of some kinds, as the queue has it."""
    return [json.dumps(one) for one in stack.published() if one["detail-type"] in kinds]


def wake(delivery: Delivery) -> str:
    """Return the wake-up of a delivery that is due."""
    return json.dumps({"delivery_id": delivery.delivery_id})


def deliveries() -> list[Delivery]:
    """Return all that was told since the test began, oldest first."""
    found, _ = of_day("main", NOW.date(), DeliveryFilter(), PageRequest(limit=100))
    return list(reversed(found))
