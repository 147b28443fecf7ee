"""What being late costs: fees and simple interest of an invoice, as a policy says.

Both are worked out on what is owed of its documents, never on fees or interest. A fee is charged
once for each rule. Interest is charged from the day after the last one charged up to yesterday, by
what was owed at the end of each day.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from kassa.billing.receivables.history import Calendar, History
from kassa.billing.receivables.receivable import Entry, EntryKind, Receivable
from kassa.billing.reminders.policy.model import (
    Buyers,
    Interest,
    LateFee,
    PolicyRules,
    amount_in,
)

K = EntryKind
YEAR_DAYS = 365
ONE_DAY = timedelta(days=1)


class LateInvoice(NamedTuple):
    """An invoice as late charges are worked out on it."""

    number: str
    issued_on: date
    due_on: date
    is_business: bool  # its buyer


def late_entries(
    of: LateInvoice,
    receivable: Receivable,
    policy: PolicyRules,
    clock: tuple[datetime, Calendar],
) -> tuple[Entry, ...]:
    """Return the fees and the interest that a reminder charges of an invoice at an instant.

    They are the same whenever that is asked of the same instant; what is entered already is
    entered once. Nothing is charged where nothing is owed of its documents.
    """
    at, calendar = clock
    if receivable.principal_minor <= 0:
        return ()
    today = calendar(at)
    return (
        *_fees(of, receivable, policy, (at, today)),
        *_interest(of, receivable, policy, (at, calendar)),
    )


def interest_minor(owed: Iterator[tuple[int, int]], annual_percent: Decimal) -> int:
    """Return simple interest on amounts, each owed for so many days; rounded once, half up."""
    minor_days = sum(minor * days for minor, days in owed)
    exact = Fraction(annual_percent) * minor_days / (100 * YEAR_DAYS)
    return _rounded(exact)


def fee_minor(fee: LateFee, principal_minor: int) -> int:
    """Return what a fee comes to of what is owed."""
    if fee.fixed_minor is not None:
        return fee.fixed_minor
    if fee.percent is not None:
        return _rounded(Fraction(fee.percent) * principal_minor / 100)
    fitting = (
        one.fee_minor
        for one in fee.tiers
        if one.up_to_minor is None or principal_minor <= one.up_to_minor
    )
    return next(fitting, 0)


def _fees(
    of: LateInvoice, receivable: Receivable, policy: PolicyRules, at: tuple[datetime, date]
) -> Iterator[Entry]:
    cap = amount_in(policy.fee_caps, receivable.currency)
    charged = receivable.minor_of(K.LATE_FEE)
    late_for = (at[1] - of.due_on).days
    for fee in policy.late_fees:
        source = f"late_fee:{of.number}:{fee.name}"
        is_of = fee.currency == receivable.currency and _is_for(fee.buyers, of)
        if not is_of or late_for < fee.after_days or receivable.entered(K.LATE_FEE, source):
            continue
        minor = fee_minor(fee, receivable.principal_minor)
        minor = minor if cap is None else max(min(minor, cap - charged), 0)
        if minor:
            charged += minor
            yield Entry(kind=K.LATE_FEE, source_id=source, minor=minor, at=at[0])


def _interest(
    of: LateInvoice,
    receivable: Receivable,
    policy: PolicyRules,
    clock: tuple[datetime, Calendar],
) -> Iterator[Entry]:
    interest, (at, calendar) = policy.interest, clock
    if interest is None or not _is_for(interest.buyers, of):
        return
    first, last = _days(of, receivable, interest, clock)
    history = History(receivable, of.issued_on, calendar)
    owed = _owed(history, receivable, (first, last), calendar)
    minor = interest_minor(owed, interest.annual_percent)
    if minor > 0 and minor >= (amount_in(interest.least, receivable.currency) or 0):
        source = f"late_interest:{of.number}:{last}"
        yield Entry(kind=K.LATE_INTEREST, source_id=source, minor=minor, at=at)


def _days(
    of: LateInvoice, receivable: Receivable, interest: Interest, clock: tuple[datetime, Calendar]
) -> tuple[date, date]:
    """Return the first and the last day that bear interest which isn't charged yet."""
    at, calendar = clock
    charged = [calendar(one.at) for one in receivable.entries if one.kind is K.LATE_INTEREST]
    first = max([of.due_on + timedelta(days=interest.from_days), *charged])
    last = calendar(at) - ONE_DAY
    if interest.until_days is not None:
        last = min(last, of.due_on + timedelta(days=interest.until_days))
    return first, last


def _owed(
    history: History, receivable: Receivable, days: tuple[date, date], calendar: Calendar
) -> Iterator[tuple[int, int]]:
    """Yield what was owed of documents, and for how many days of a span, in its order."""
    first, last = days
    changed = {calendar(one.at) for one in receivable.entries}
    begins = sorted({first, *(day for day in changed if first < day <= last)})
    for begin, end in zip(begins, [*begins[1:], last + ONE_DAY], strict=True):
        if begin < end:
            yield history.as_of(begin).principal_minor, (end - begin).days


def _is_for(buyers: Buyers, of: LateInvoice) -> bool:
    return buyers is Buyers.ALL or of.is_business


def _rounded(exact: Fraction) -> int:
    """Return the nearest whole number, the larger of two that are as near."""
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
