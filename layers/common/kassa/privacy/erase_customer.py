"""Erase a customer: names first, then words, then what gateways sent; whoever was told is told.

Every step changes nothing that is changed already, and how far it is stands in the table: cut off
anywhere, it goes on when it is asked for again. It is done once the bus has CustomerErased.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from kassa.audit.trail import Actor
from kassa.core.callers import Caller, require_fresh
from kassa.core.errors import InvalidRequest
from kassa.customers.store import Customers
from kassa.ledger.items import partition
from kassa.platform import clock
from kassa.platform.messaging import event_bus
from kassa.platform.settings import settings
from kassa.privacy import erasure_store
from kassa.privacy.erase_holdings import erase_day, erase_texts, kept_orders
from kassa.privacy.erase_raw import erase_of_payment
from kassa.privacy.erasure import Erasure, Status, always_kept, erased_fact
from kassa.privacy.find_holdings import Holdings, find_holdings
from kassa.privacy.lists import days_of
from kassa.privacy.open_erasure import first_day, open_erasure

RESERVE_S = 10.0
TimeLeft = Callable[[], float]


def erase_confirmed(
    customer_id: str, confirm: str, caller: Caller, time_left_s: TimeLeft
) -> Erasure:
    """Erase a customer whose id a person gave once more, by a sign-in of just now.

    Raises InvalidRequest for another id, and SignInTooOld.
    """
    if confirm != customer_id:
        raise InvalidRequest("confirm: must be the customer's id, since nobody comes back")
    require_fresh(caller, clock.now())
    return erase_customer(customer_id, Actor.of(caller), time_left_s)


def erase_customer(customer_id: str, by: Actor, time_left_s: TimeLeft) -> Erasure:
    """Erase a customer as far as the time goes; return how far it is, and what is kept and why.

    Raises CustomerNotFound where nothing was ever known of them, and StaleWrite where another
    goes on with the same erasure just now.
    """
    holdings = find_holdings(customer_id)
    begun = open_erasure(customer_id, holdings, by)
    Customers(settings().merchant_id).erase(customer_id)
    begun = _counted(begun, erase_texts(holdings))
    for of_payment in sorted({*begun.payments, *map(partition, holdings.payments)}):
        if time_left_s() < RESERVE_S:
            return begun
        begun = _counted(begun, {"raw_events": erase_of_payment(of_payment)})
    first = begun.days_until or first_day(holdings)
    for day in days_of(first, clock.now().date()):
        if time_left_s() < RESERVE_S:
            return begun
        begun = _counted(begun, erase_day(day, begun, holdings), day)
    return _done(begun, holdings, by)


def _counted(begun: Erasure, counts: dict[str, int], day: date | None = None) -> Erasure:
    """Write how far it is by now, where that is any further."""
    if day is None and not any(counts.values()):
        return begun
    sums = {name: getattr(begun.erased, name) + count for name, count in counts.items()}
    changes: dict[str, Any] = {"erased": begun.erased.model_copy(update=sums)}
    changes |= {"days_until": day} if day else {}
    after = begun.model_copy(update=changes | {"version": begun.version + 1})
    return erasure_store.keep(begun, after)


def _done(begun: Erasure, holdings: Holdings, by: Actor) -> Erasure:
    event_bus.publish([erased_fact(begun, settings().merchant_id, settings().merchant_currency)])
    changes: dict[str, Any] = {
        "status": Status.DONE,
        "done_at": clock.now(),
        "marks": (),
        "payments": (),
        "kept": (*kept_orders(holdings), *always_kept(holdings.documents)),
        "version": begun.version + 1,
        "days_until": None,
    }
    return erasure_store.end(begun, begun.model_copy(update=changes), by)
