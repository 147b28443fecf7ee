"""Which payments paid an order: those that together reach what it costs, with the least surplus.

Until they do, each is a part, whatever came first; from then on they stay, and what is captured
besides is a second payment, which is somebody's money that has to go back. Only what was taken in
the order's own currency counts. What came in and isn't what was ordered is a discrepancy. What is
taken back of those that paid opens the question anew.
"""

from collections.abc import Iterable
from datetime import datetime
from itertools import combinations

from kassa.core.money import Money, Sums
from kassa.orders import attempts as stages
from kassa.orders.lifecycle import (
    PART_ALARM_AFTER,
    Discrepancy,
    DiscrepancyKind,
    OrderLife,
    OrderPayment,
    attempts_at,
    changed,
    with_attempt,
)

TOGETHER_MAX = 12  # payments that are tried in all combinations; nobody has so many gift cards

Payments = tuple[OrderPayment, ...]
Name = tuple[str, str, str]  # of a payment: gateway, account, id


def with_payment(
    life: OrderLife,
    payment: OrderPayment,
    ordered: Money,
    now: datetime,
    kept: frozenset[Name] = frozenset(),
) -> OrderLife:
    """Return the life with a payment as it stands by now: it paid the order, a part, or is second.

    The same life if nothing changed. `ordered` is what the order costs; `kept` names the second
    payments that don't go back yet, so that they may pay in the place of what was taken back.
    """
    before = life
    known = life.named(payment.name)
    if known is None and not payment.amount.amount_minor:
        return life
    life = _noted(life, known, payment)
    if life.payers and _sum((one.amount for one in life.payers), ordered) < ordered.amount_minor:
        life = _reopened(life, kept, now)
    if not life.payers:
        life = _decided(life, ordered)
    life = _compared(life, ordered, now)
    life = _with_attempts(life, payment, now)
    return changed(before, **_lists(life)) if _lists(life) != _lists(before) else before


def is_second(life: OrderLife, payment: OrderPayment) -> bool:
    """Tell whether a payment came beside those that paid the order."""
    return any(one.name == payment.name for one in life.second_payments)


def is_payer(life: OrderLife, payment: OrderPayment) -> bool:
    """Tell whether a payment is one of those that paid the order."""
    return any(one.name == payment.name for one in life.payers)


def _noted(life: OrderLife, known: OrderPayment | None, payment: OrderPayment) -> OrderLife:
    """Bring a payment's amounts up to date where it stands; a new one is a part, or second."""
    if known is None:
        kind = "second_payments" if life.payers else "part_payments"
        return _with(life, **{kind: (*getattr(life, kind), payment)})
    amount = known.amount.model_copy(update=dict(payment.amount))
    now_is = known.model_copy(update={"amount": amount, "refunded_minor": payment.refunded_minor})
    paid_by = now_is if life.paid_by == known else life.paid_by
    kinds = ("paid_with", "second_payments", "part_payments")
    lists = {kind: _replaced(getattr(life, kind), known, now_is) for kind in kinds}
    return _with(life, paid_by=paid_by, **lists)


def _reopened(life: OrderLife, kept: frozenset[Name], now: datetime) -> OrderLife:
    """Let what paid the order be parts again, and with them the second payments still there."""
    back = tuple(one for one in life.second_payments if one.name in kept)
    return _with(
        life,
        paid_by=None,
        paid_with=(),
        second_payments=tuple(one for one in life.second_payments if one not in back),
        part_payments=(*life.part_payments, *life.payers, *back),
        reopened_at=now,
    )


def _decided(life: OrderLife, ordered: Money) -> OrderLife:
    """Let parts pay the order that together reach its amount; what is left of others is second."""
    payers = _enough(life.part_payments, ordered)
    if not payers:
        return life
    others = [one for one in life.part_payments if one not in payers]
    second = tuple(one for one in others if one.left_minor > 0)
    return _with(
        life,
        paid_by=payers[0],
        paid_with=payers[1:],
        second_payments=(*life.second_payments, *second),
        part_payments=tuple(one for one in others if one not in second),
        reopened_at=None,
    )


def _enough(parts: Payments, ordered: Money) -> Payments:
    """Return the parts that reach the amount with the least surplus, then the fewest, the first.

    Which came first to our ears makes no difference. None where all of them are too little.
    """
    counting = [one for one in parts if one.left_minor > 0 and _is_in(one, ordered.currency)]
    counting.sort(key=lambda one: (one.captured_at, one.name))
    tried = (
        together
        for count in range(1, len(counting[:TOGETHER_MAX]) + 1)
        for together in combinations(counting[:TOGETHER_MAX], count)
    )
    reaching = [one for one in tried if _left(one, ordered) >= ordered.amount_minor]
    return min(reaching, key=lambda one: _left(one, ordered), default=())


def _compared(life: OrderLife, ordered: Money, now: datetime) -> OrderLife:
    """Say what differs between what was captured and what was ordered; nothing if it is paid."""
    kind = _difference(life, ordered)
    if kind is None:
        return _with(life, discrepancy=None, alarms_at=None)
    counted = life.payers or life.part_payments
    captured = _by_currency(one for one in counted if one.left_minor)
    said = Discrepancy(kind=kind, ordered=ordered, captured=captured)
    alarms_at = life.alarms_at
    if kind is not DiscrepancyKind.LESS:
        alarms_at = None
    elif life.discrepancy is None or life.discrepancy.kind is not kind:
        alarms_at = now + PART_ALARM_AFTER
    return _with(life, discrepancy=said, alarms_at=alarms_at)


def _difference(life: OrderLife, ordered: Money) -> DiscrepancyKind | None:
    if life.payers:
        is_more = _left(life.payers, ordered) > ordered.amount_minor
        return DiscrepancyKind.MORE if is_more else None
    parts = [one for one in life.part_payments if one.left_minor > 0]
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


def _with_attempts(life: OrderLife, payment: OrderPayment, now: datetime) -> OrderLife:
    """Mark the attempt that the payment is of, and those that pay the order together with it."""
    is_part = not is_payer(life, payment) and not is_second(life, payment)
    here = attempts_at(life, (payment.gateway, payment.account))
    named = [one for one in here if one.payment_id == payment.payment_id]
    move = stages.paid_in_part if is_part else stages.paid
    for attempt in [*named, *(one for one in here if one.payment_id is None)][:1]:
        life = with_attempt(life, move(attempt, payment.payment_id, now))
    paying = {one.name for one in life.payers}
    for attempt in life.attempts:
        if (attempt.gateway, attempt.account, attempt.payment_id) in paying:
            life = with_attempt(life, stages.paid(attempt, str(attempt.payment_id), now))
    return life


def _replaced(payments: Payments, was: OrderPayment, now_is: OrderPayment) -> Payments:
    return tuple(now_is if one == was else one for one in payments)


def _with(life: OrderLife, **words: object) -> OrderLife:
    """Return the life with something else; its version is raised once, in the end."""
    return life.model_copy(update=words)


def _lists(life: OrderLife) -> dict[str, object]:
    """Return all that this module may change of a life."""
    kinds = ("attempts", "paid_by", "paid_with", "second_payments", "part_payments")
    told = ("discrepancy", "alarms_at", "reopened_at")
    return {kind: getattr(life, kind) for kind in (*kinds, *told)}
