"""Which payments paid an order: those that together reach what it costs, with the least surplus.

Until they do, each is a part, whatever came first; from then on they stay, and what is captured
besides is a duplicate payment, which has to go back (`checkout/duplicate_payments/`). Only
what was taken in the order's own currency counts. A payment that took all of it pays, whatever was
refunded of it before the order came to know; of parts only what is left counts, since a part may
have been refunded before the rest came. What came in and isn't what was ordered is a discrepancy.
What is taken back of those that paid opens the question anew.

A chargeback is contested, often after the goods were sent, and leaves its order paid, unless a
duplicate payment that is still there can pay in its place. One of a bank debit can't be contested:
it is the debit that came back, and its payment took nothing (`checkout/apply_fact.py`).
"""

from collections.abc import Iterable
from datetime import datetime
from itertools import combinations

from kassa.core.money import Money, Sums
from kassa.orders import attempts as stages
from kassa.orders.attempts import Attempt
from kassa.orders.lifecycle import (
    PART_ALARM_AFTER,
    Discrepancy,
    DiscrepancyKind,
    OrderLifecycle,
    OrderPayment,
    attempts_at,
    changed,
    with_attempt,
)

TOGETHER_MAX = 12  # payments that are tried in all combinations; nobody has so many gift cards

Payments = tuple[OrderPayment, ...]
Name = tuple[str, str, str]  # of a payment: gateway, account, id


def with_payment(
    lifecycle: OrderLifecycle,
    payment: OrderPayment,
    ordered: Money,
    now: datetime,
    kept: frozenset[Name] = frozenset(),
) -> OrderLifecycle:
    """Return the lifecycle with a payment as it stands by now: it paid the order, a part, or is
    second.

    The same lifecycle if nothing changed. `ordered` is what the order costs; `kept` names the
    duplicate payments that don't go back yet, so that they may pay in the place of what was taken
    back.
    """
    before = lifecycle
    known = lifecycle.named(payment.name)
    if known is None and not payment.amount.amount_minor:
        return lifecycle
    lifecycle = _noted(lifecycle, known, payment)
    if known is None and not payment.refunded_minor:  # nothing of it was put up for refund yet
        kept |= {payment.name}
    if _is_taken_back(lifecycle, ordered) or _is_replaced(lifecycle, kept, ordered):
        lifecycle = _reopened(lifecycle, kept, now)
    elif not lifecycle.payers:  # a duplicate payment that isn't to go back any more may pay
        lifecycle = _reopened(lifecycle, kept, lifecycle.reopened_at)
    elif _is_undecided(lifecycle, ordered):
        lifecycle = _reopened(lifecycle, frozenset(), None)
    lifecycle = _with_late(lifecycle) if lifecycle.payers else _decided(lifecycle, ordered)
    lifecycle = _compared(lifecycle, ordered, now)
    lifecycle = _with_attempts(lifecycle, payment, now)
    return changed(before, **_lists(lifecycle)) if _lists(lifecycle) != _lists(before) else before


def is_second(lifecycle: OrderLifecycle, payment: OrderPayment) -> bool:
    """Tell whether a payment came beside those that paid the order."""
    return any(one.name == payment.name for one in lifecycle.duplicate_payments)


def is_payer(lifecycle: OrderLifecycle, payment: OrderPayment) -> bool:
    """Tell whether a payment is one of those that paid the order."""
    return any(one.name == payment.name for one in lifecycle.payers)


def _noted(
    lifecycle: OrderLifecycle, known: OrderPayment | None, payment: OrderPayment
) -> OrderLifecycle:
    """Bring a payment's amounts up to date where it stands; a new one is a part, or second."""
    if known is None:
        kind = "duplicate_payments" if lifecycle.payers else "part_payments"
        return _with(lifecycle, **{kind: (*getattr(lifecycle, kind), payment)})
    amount = known.amount.model_copy(update=dict(payment.amount))
    booked = {name: getattr(payment, name) for name in ("refunded_minor", "charged_back_minor")}
    now_is = known.model_copy(update={"amount": amount} | booked)
    paid_by = now_is if lifecycle.paid_by == known else lifecycle.paid_by
    kinds = ("paid_with", "duplicate_payments", "part_payments")
    lists = {kind: _replaced(getattr(lifecycle, kind), known, now_is) for kind in kinds}
    return _with(lifecycle, paid_by=paid_by, **lists)


def _is_taken_back(lifecycle: OrderLifecycle, ordered: Money) -> bool:
    """Tell whether what paid the order isn't captured any more."""
    captured = _sum((one.amount for one in lifecycle.payers), ordered)
    return bool(lifecycle.payers) and captured < ordered.amount_minor


def _is_replaced(lifecycle: OrderLifecycle, kept: frozenset[Name], ordered: Money) -> bool:
    """Tell whether what paid the order was charged back, and others can pay in its place."""
    if not lifecycle.payers or _is_there(lifecycle.payers, ordered):
        return False
    others = tuple(one for one in lifecycle.duplicate_payments if one.name in kept)
    replacing = _enough((*lifecycle.part_payments, *lifecycle.payers, *others), ordered)
    return _is_there(replacing, ordered)


def _is_there(payments: Payments, ordered: Money) -> bool:
    """Tell whether payments reach the amount without what was charged back."""
    gone_minor = sum(one.charged_back_minor for one in payments)
    return _sum((one.amount for one in payments), ordered) - gone_minor >= ordered.amount_minor


def _is_undecided(lifecycle: OrderLifecycle, ordered: Money) -> bool:
    """Tell whether payments that were more than the order costs were refunded to less than that.

    Then it was never paid: which of them goes back was still open, and more went than was too much.
    """
    is_more = bool(lifecycle.payers) and lifecycle.discrepancy is not None
    return is_more and _left(lifecycle.payers, ordered) < ordered.amount_minor


def _with_late(lifecycle: OrderLifecycle) -> OrderLifecycle:
    """Let a part be second whose money came, or came back, after others had paid the order."""
    late = tuple(one for one in lifecycle.part_payments if one.left_minor > 0)
    return _with(
        lifecycle,
        part_payments=tuple(one for one in lifecycle.part_payments if one not in late),
        duplicate_payments=(*lifecycle.duplicate_payments, *late),
    )


def _reopened(
    lifecycle: OrderLifecycle, kept: frozenset[Name], now: datetime | None
) -> OrderLifecycle:
    """Let what paid the order be parts again, and with them the duplicate payments still there.

    `now` is none where the order was never paid.
    """
    back = tuple(one for one in lifecycle.duplicate_payments if one.name in kept)
    return _with(
        lifecycle,
        paid_by=None,
        paid_with=(),
        duplicate_payments=tuple(one for one in lifecycle.duplicate_payments if one not in back),
        part_payments=(*lifecycle.part_payments, *lifecycle.payers, *back),
        reopened_at=now,
    )


def _decided(lifecycle: OrderLifecycle, ordered: Money) -> OrderLifecycle:
    """Let parts pay the order that together reach its amount; what is left of others is second."""
    payers = _enough(lifecycle.part_payments, ordered)
    if not payers:
        return lifecycle
    others = [one for one in lifecycle.part_payments if one not in payers]
    second = tuple(one for one in others if one.left_minor > 0)
    return _with(
        lifecycle,
        paid_by=payers[0],
        paid_with=payers[1:],
        duplicate_payments=(*lifecycle.duplicate_payments, *second),
        part_payments=tuple(one for one in others if one not in second),
        reopened_at=None,
    )


def _enough(parts: Payments, ordered: Money) -> Payments:
    """Return the parts that reach the amount with the least surplus, then the fewest, the first.

    Those that were charged back pay where no others reach it. Which came first to our ears makes no
    difference. None where all of them are too little.
    """
    counting = [one for one in parts if _is_in(one, ordered.currency) and _counts(one, ordered)]
    counting.sort(key=lambda one: (one.captured_at, one.name))
    tried = (
        together
        for count in range(1, len(counting[:TOGETHER_MAX]) + 1)
        for together in combinations(counting[:TOGETHER_MAX], count)
    )
    reaching = [one for one in tried if _paid(one, ordered) >= ordered.amount_minor]
    return min(
        reaching, key=lambda one: (not _is_there(one, ordered), _paid(one, ordered)), default=()
    )


def _counts(payment: OrderPayment, ordered: Money) -> bool:
    """Tell whether a payment may pay: something of it is left, or it once took the whole amount."""
    return payment.left_minor > 0 or payment.amount.amount_minor >= ordered.amount_minor


def _paid(together: Payments, ordered: Money) -> int:
    """Return what one payment took, and what is left of several."""
    if len(together) == 1:
        return _sum((one.amount for one in together), ordered)
    return _left(together, ordered)


def _compared(lifecycle: OrderLifecycle, ordered: Money, now: datetime) -> OrderLifecycle:
    """Return what differs between what was captured and what was ordered; nothing if it is paid."""
    kind = _difference(lifecycle, ordered)
    if kind is None:
        return _with(lifecycle, discrepancy=None, alarms_at=None)
    counted = lifecycle.payers or lifecycle.part_payments
    captured = _by_currency(one for one in counted if one.left_minor)
    discrepancy = Discrepancy(kind=kind, ordered=ordered, captured=captured)
    alarms_at = lifecycle.alarms_at
    if kind is not DiscrepancyKind.LESS:
        alarms_at = None
    elif lifecycle.discrepancy is None or lifecycle.discrepancy.kind is not kind:
        alarms_at = now + PART_ALARM_AFTER
    return _with(lifecycle, discrepancy=discrepancy, alarms_at=alarms_at)


def _difference(lifecycle: OrderLifecycle, ordered: Money) -> DiscrepancyKind | None:
    if lifecycle.payers:
        is_more = _left(lifecycle.payers, ordered) > ordered.amount_minor
        return DiscrepancyKind.MORE if is_more else None
    parts = [one for one in lifecycle.part_payments if one.left_minor > 0]
    if not parts:
        return None
    is_ours = all(_is_in(one, ordered.currency) for one in parts)
    return DiscrepancyKind.LESS if is_ours else DiscrepancyKind.OTHER_CURRENCY


def _by_currency(payments: Iterable[OrderPayment]) -> tuple[Money, ...]:
    """Add up what is left of payments, each currency by itself."""
    left = [one.left for one in payments]
    sums, currencies = Sums(left), sorted({one.currency for one in left})
    return tuple(Money(amount_minor=sums.of(name), currency=name) for name in currencies)


def _left(payments: Iterable[OrderPayment], ordered: Money) -> int:
    """Add up what is left of payments in the order's currency."""
    return _sum((one.left for one in payments), ordered)


def _sum(amounts: Iterable[Money], ordered: Money) -> int:
    return Sums(amounts).of(ordered.currency)


def _is_in(payment: OrderPayment, currency: str) -> bool:
    return payment.amount.currency == currency


def attempt_of(lifecycle: OrderLifecycle, payment: OrderPayment) -> list[Attempt]:
    """Return the attempt that a payment is of: that names it, or else the newest that names none.

    A list of one; of none where it was made on no page of ours.
    """
    here = attempts_at(lifecycle, (payment.gateway, payment.account))
    named = [one for one in here if one.payment_id == payment.payment_id]
    return [*named, *(one for one in here if one.payment_id is None)][:1]


def _with_attempts(
    lifecycle: OrderLifecycle, payment: OrderPayment, now: datetime
) -> OrderLifecycle:
    """Mark the attempt that the payment is of, and those that pay the order together with it."""
    is_part = not is_payer(lifecycle, payment) and not is_second(lifecycle, payment)
    move = stages.paid_in_part if is_part else stages.paid
    for attempt in attempt_of(lifecycle, payment):
        lifecycle = with_attempt(lifecycle, move(attempt, payment.payment_id, now))
    paying = {one.name for one in lifecycle.payers}
    for attempt in lifecycle.attempts:
        if (attempt.gateway, attempt.account, attempt.payment_id) in paying:
            lifecycle = with_attempt(lifecycle, stages.paid(attempt, str(attempt.payment_id), now))
    return lifecycle


def _replaced(payments: Payments, was: OrderPayment, now_is: OrderPayment) -> Payments:
    return tuple(now_is if one == was else one for one in payments)


def _with(lifecycle: OrderLifecycle, **fields: object) -> OrderLifecycle:
    """Return the lifecycle with something else; its version is raised once, in the end."""
    return lifecycle.model_copy(update=fields)


def _lists(lifecycle: OrderLifecycle) -> dict[str, object]:
    """Return all that this module may change of a lifecycle."""
    kinds = ("attempts", "paid_by", "paid_with", "duplicate_payments", "part_payments")
    fields = ("discrepancy", "alarms_at", "reopened_at")
    return {kind: getattr(lifecycle, kind) for kind in (*kinds, *fields)}
