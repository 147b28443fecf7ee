"""What is known of an address, and whether it may be written to."""

from datetime import date, timedelta
from enum import StrEnum

from kassa.core.model import Instant, Model
from kassa.deliveries.delivery import Reason
from kassa.messages.kinds import NEEDED, Category

SOFT_DAYS_MAX = 3  # on so many days within the window a mail came back: nobody reads it there
SOFT_WINDOW = timedelta(days=30)


class Cause(StrEnum):
    """Why an address isn't written to."""

    BOUNCE = "bounce"  # there is no such mailbox
    SOFT_BOUNCES = "soft_bounces"  # it took nothing for days
    COMPLAINT = "complaint"  # its owner called a mail spam


class Suppression(Model):
    """An address that isn't written to; only its digest is known."""

    address_digest: str
    cause: Cause
    suppressed_at: Instant


class Contact(Model):
    """What stands in the way of writing to an address."""

    cause: Cause | None = None
    unsubscribed: frozenset[str] = frozenset()  # categories

    def refuses(self, category: Category) -> Reason | None:
        """Return why an address gets no message of a category; none where it does.

        What is about a customer's own purchase reaches them whatever else they don't want.
        """
        if self.cause is not None:
            return Reason.SUPPRESSED
        is_off = category not in NEEDED and category in self.unsubscribed
        return Reason.UNSUBSCRIBED if is_off else None


def is_dead(soft_days: frozenset[str], today: date) -> bool:
    """Tell whether mails to an address came back on too many days of late."""
    since = str(today - SOFT_WINDOW)
    return sum(1 for day in soft_days if day > since) >= SOFT_DAYS_MAX
