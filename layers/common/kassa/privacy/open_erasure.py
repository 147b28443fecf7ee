"""Open an erasure: who is erased, by what they are found again, and since when.

What they are found by is digested before anything is erased, since their names go first.
"""

from collections.abc import Iterable
from datetime import date

from kassa.audit.trail import Actor
from kassa.core.errors import CustomerNotFound
from kassa.customers.store import Customers, OrderBuyer
from kassa.ledger import raw_archive
from kassa.ledger.items import partition, subject_state
from kassa.platform import clock, keys, table
from kassa.platform.settings import settings
from kassa.privacy import erasure_store
from kassa.privacy.erasure import MARK_MIN, Erased, Erasure, Status, marks_of
from kassa.privacy.find_holdings import Holdings


def open_erasure(customer_id: str, holdings: Holdings, by: Actor) -> Erasure:
    """Return the erasure that is to be gone on with: the one that isn't done, or a new one.

    Raises CustomerNotFound where nothing was ever known of them.
    """
    last = erasure_store.find(customer_id)
    if last is not None and last.status is not Status.DONE:
        return last
    known = Customers(settings().merchant_id).buyers(customer_id)
    if last is None and not (known or holdings.orders or holdings.payments or holdings.documents):
        raise CustomerNotFound(f"nothing is held of a customer {customer_id}")
    texts = [customer_id, *_marks_in(known, holdings)]
    new = Erasure(
        customer_id=customer_id,
        number=last.number + 1 if last else 1,
        version=last.version + 1 if last else 1,
        status=Status.BEGUN,
        begun_at=clock.now(),
        begun_by=by.name,
        marks=tuple(sorted(marks_of(texts))),
        payments=tuple(map(partition, holdings.payments)),
        unsearched=tuple(sorted({one for one in texts if len(one) < MARK_MIN})),
        erased=Erased(buyers=len(known)),
    )
    return erasure_store.begin(last, new, by)


def _marks_in(known: Iterable[OrderBuyer], holdings: Holdings) -> list[str]:
    """Return by what a person is found in what gateways sent: ids, mail addresses, phones."""
    texts: list[str] = []
    for one in known:
        texts += filter(None, (one.buyer.email, one.buyer.phone))
    for case in holdings.orders:
        texts += filter(None, (case.order.order_id, case.order.email_hash))
    states = table.get_all([keys.state(partition(one)) for one in holdings.payments])
    for state in map(subject_state, states.values()):
        if state.customer_id and not state.customer_from_order:
            texts.append(state.customer_id)
    return texts + [one.subject_id for one in holdings.payments]


def first_day(holdings: Holdings) -> date:
    """Return the first day that anything of theirs may stand in: the archive's, or their own."""
    archived = raw_archive.days()[:1]
    known = [holdings.since] if holdings.since else []
    return min([*archived, *known], default=clock.now().date())
