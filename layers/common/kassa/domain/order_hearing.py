"""What an order makes of the facts of its page and its payments.

A fact that names the page or the payment of an attempt moves it. One that names neither may be
about a page that nobody here opened: where the gateway can be asked, it is asked before the next
page is opened; where it can't, the fact is taken for the newest attempt there.
"""

from datetime import datetime

from kassa.domain import attempts as stages
from kassa.domain.attempts import Attempt
from kassa.domain.events import ObjectKind, Subject, SubjectKind
from kassa.domain.fact_kinds import (
    CheckoutCompleted,
    CheckoutExpired,
    PaymentCaptured,
    PaymentFailed,
    PaymentVoided,
)
from kassa.domain.facts import Fact
from kassa.domain.order_cases import OrderCase
from kassa.domain.order_life import (
    OrderLife,
    OrderPayment,
    attempts_at,
    with_attempt,
    with_payment,
)
from kassa.domain.orders import Order
from kassa.domain.payments import SubjectState

_HEARD = (CheckoutCompleted, CheckoutExpired, PaymentCaptured, PaymentFailed, PaymentVoided)


def captured(
    case: OrderCase, payment: OrderPayment, state: SubjectState, now: datetime
) -> OrderLife:
    """Return the life after a capture; `state` says what its payment took by now."""
    return with_payment(case.life, payment, _is_full(case.order, state), now)


def heard(life: OrderLife, fact: Fact, can_find: bool, now: datetime) -> OrderLife:
    """Return the life after any other fact; `can_find`: its gateway can be asked for pages."""
    where = (fact.metadata.gateway, fact.metadata.account)
    here = attempts_at(life, where)
    named = next((one for one in here if _is_named(one, fact)), None)
    attempt = named or next((one for one in here if _is_unnamed(one, fact)), None)
    if attempt is None:
        return life
    is_sure = named is not None or not can_find
    return with_attempt(life, _moved(attempt, fact, is_sure, can_find, now))


def is_heard(fact: Fact) -> bool:
    """Tell whether a fact may say something of an order."""
    return isinstance(fact.data, _HEARD)


def is_of_payment(fact: Fact) -> bool:
    """Tell whether a fact's subject is a payment."""
    return fact.metadata.subject_kind == SubjectKind.PAYMENT


def subject_of(fact: Fact) -> Subject:
    """Return what a fact is about."""
    told = fact.metadata
    return Subject(
        gateway=told.gateway,
        account=told.account,
        kind=SubjectKind(told.subject_kind),
        subject_id=told.subject_id,
    )


def captured_payment(fact: Fact) -> OrderPayment | None:
    """Return the payment that a fact says was captured; none for every other fact."""
    return _payment_of(fact) if isinstance(fact.data, PaymentCaptured) else None


def _payment_of(fact: Fact) -> OrderPayment:
    return OrderPayment(
        gateway=fact.metadata.gateway,
        account=fact.metadata.account,
        payment_id=fact.metadata.subject_id,
        amount=fact.data.amount,
        captured_at=fact.data.occurred_at,
        object_id=fact.data.object_id,
        heard=fact.metadata,
    )


def _is_full(order: Order, state: SubjectState) -> bool:
    """Tell whether a payment took what an order costs; other money than it was asked for isn't."""
    charges = state.of(ObjectKind.CHARGE, "captured").values()
    is_asked_for = all(charge.currency == order.currency for charge in charges)
    return is_asked_for and state.captured_minor >= order.amount_minor


def _is_named(attempt: Attempt, fact: Fact) -> bool:
    by_page = _is_of_page(fact) and attempt.checkout_id == fact.data.object_id
    return by_page or attempt.payment_id == fact.metadata.subject_id


def _is_unnamed(attempt: Attempt, fact: Fact) -> bool:
    known = attempt.checkout_id if _is_of_page(fact) else attempt.payment_id
    return known is None and not attempt.is_over


def _is_of_page(fact: Fact) -> bool:
    return isinstance(fact.data, CheckoutCompleted | CheckoutExpired)


def _moved(attempt: Attempt, fact: Fact, is_sure: bool, can_find: bool, now: datetime) -> Attempt:
    reason = fact.data.reason if isinstance(fact.data, PaymentFailed) else None
    if not is_sure:
        return stages.declined(attempt, reason, now)
    match fact.data:
        case CheckoutCompleted():
            is_payment = fact.metadata.subject_id != fact.data.object_id
            payment_id = fact.metadata.subject_id if is_payment else None
            return stages.completed(attempt, fact.data.object_id, payment_id, now)
        case CheckoutExpired():
            return stages.expired(attempt, now)
        case PaymentFailed() if can_find:  # the page may let the customer try again
            return stages.declined(attempt, reason, now)
        case _:
            return stages.failed(attempt, reason or "voided", now)
