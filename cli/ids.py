"""Ids as people type them: whole, or the beginning of one, as long as only one begins so."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from cli.connection import connect_as_merchant
from kassa.api import id_prefixes
from kassa.core.errors import EventNotFound, InvalidRequest, PaymentNotFound
from kassa.gateways.events import Subject, SubjectKind
from kassa.gateways.registry import BY_HAND, GATEWAYS
from kassa.ledger.items import BookedEvent
from kassa.ledger.lists.events import EventLists, History
from kassa.monitoring.watch_silence import accounts_named
from kassa.orders.store import Orders
from kassa.platform import clock
from kassa.platform.settings import settings
from kassa.refunds import find_payment

DAYS_SEARCHED = 14
_KNOWN = (*GATEWAYS, *BY_HAND)
_REFUND_REQUEST = re.compile(r"rr_[0-9a-f]{24}")


def the_one(begins: str, found: Sequence[str]) -> str | None:
    """Return what was meant; nothing if nothing begins so, and who else it may be if several do."""
    if begins in found or len(found) == 1:
        return begins if begins in found else found[0]
    if not found:
        return None
    shown, more = found[: id_prefixes.FOUND_MAX - 1], len(found) >= id_prefixes.FOUND_MAX
    others = ", ".join(shown) + (" and more" if more else "")
    raise InvalidRequest(f"{begins} may be {others}: write more of the one you mean")


def event(begins: str, day: datetime | None) -> BookedEvent:
    """Find an event on its day or, if none is said, on the last days; raise EventNotFound."""
    lists = EventLists()
    days = [day.date()] if day else _last_days()
    for one in days:
        try:
            return lists.find(begins, one)
        except EventNotFound:
            continue
    found = dict(id_prefixes.events(begins, days))
    named = the_one(begins, list(found))
    if named is not None:
        return lists.find(named, found[named])
    if day:
        raise EventNotFound(f"no event {begins} was booked on {day:%Y-%m-%d} (UTC)")
    raise EventNotFound(
        f"no event {begins} was booked in the last {DAYS_SEARCHED} days: name its day with --day"
    )


def payment(begins: str, gateway: str | None, account: str | None) -> History:
    """Find a payment at the account that is said, or at any; raise PaymentNotFound."""
    accounts = _accounts(gateway, account)
    found = [one for one in (_history(begins, where) for where in accounts) if one is not None]
    if len(found) > 1:
        where = ", ".join(f"{one.subject.gateway}/{one.subject.account}" for one in found)
        raise InvalidRequest(f"{where} each have a payment {begins}: say which with --gateway")
    if found:
        return found[0]
    subjects = {one.subject_id: one for one in id_prefixes.payments(begins, accounts, _last_days())}
    named = the_one(begins, list(subjects))
    if named is None:
        where = ", ".join("/".join(one) for one in accounts)
        raise PaymentNotFound(f"no payment {begins} is booked at {where}")
    return EventLists().history(subjects[named])


def refund_request(begins: str) -> str:
    """Return the id that was meant; one that nobody gave stays as it is, to be refused."""
    if _REFUND_REQUEST.fullmatch(begins):
        return begins
    connect_as_merchant()
    found = id_prefixes.refund_requests(begins, settings().merchant_id, _last_days())
    return the_one(begins, found) or begins


def order(begins: str) -> str:
    """Return the id that was meant; one that nobody sent stays as it is, to be refused."""
    merchant_id = settings().merchant_id
    if Orders(merchant_id).find(begins) is not None:
        return begins
    return the_one(begins, id_prefixes.orders(begins, merchant_id, _last_days())) or begins


def gateway(name: str) -> str:
    """Return a gateway's name if there is one of it; else say which there are."""
    if name not in _KNOWN:
        raise InvalidRequest(f"no gateway is called {name}: there are {', '.join(_KNOWN)}")
    return name


def _accounts(name: str | None, account: str | None) -> list[tuple[str, str]]:
    """Return the accounts that may be meant: the watched ones, and every gateway's main."""
    if name is not None:
        gateway(name)
    known = accounts_named(settings().gateway_accounts)
    known += [(one, account or "main") for one in _KNOWN]
    known += find_payment.accounts()
    fitting = (one for one in known if name in (None, one[0]) and account in (None, one[1]))
    return list(dict.fromkeys(fitting))


def _history(payment_id: str, account: tuple[str, str]) -> History | None:
    gateway, name = account
    kind = SubjectKind.PAYMENT
    subject = Subject(gateway=gateway, account=name, kind=kind, subject_id=payment_id)
    try:
        return EventLists().history(subject)
    except PaymentNotFound:
        return None


def _last_days() -> list[date]:
    today = clock.now().date()
    return [today - timedelta(days=back) for back in range(DAYS_SEARCHED)]
