"""Read which of the first steps of a new stack are done."""

from collections.abc import Iterator
from datetime import datetime

from kassa.archive import runs
from kassa.console.pages.today import first_steps
from kassa.core.errors import SecretsUnavailable, UnknownGateway
from kassa.ledger.lists.events import EventFilter, EventLists
from kassa.people.store import Persons
from kassa.platform import secrets
from kassa.platform.index_pages import PageRequest
from kassa.platform.settings import settings
from kassa.refunds.find_payment import accounts
from kassa.refunds.policy.store import Policies

ONE = PageRequest(None, 1)


def read_first_steps(now: datetime) -> list[tuple[str, bool]]:
    """Return what there is to do while nothing is booked yet, each with whether it is done.

    Nothing once a first day was archived. A gateway is connected once Kassa has its key; a webhook
    was seen once one was booked today, also one that moved nothing.
    """
    if runs.first_day() is not None:
        return []
    booked = EventLists().booked_on(now.date(), EventFilter(), ONE).events
    policy, persons = Policies(settings().merchant_id).newest(), Persons().listed()
    done = {"gateway": any(_connected()), "webhook": bool(booked), "policy": policy is not None}
    return first_steps(done, persons)


def _connected() -> Iterator[bool]:
    for gateway, account in accounts():
        try:
            secrets.api_access(gateway, account)
        except (UnknownGateway, SecretsUnavailable):
            yield False
        else:
            yield True
