"""What an order makes of the facts of its hosted checkouts and its payments.

A fact that names the checkout or the payment of an attempt moves it. One that names neither may be
about a checkout that nobody here opened: where it can be looked up at the gateway, it is before the
next one is opened; where it can't, the fact is taken for the newest attempt there.
"""

from datetime import UTC, datetime

from kassa.core.money import Money, Sums
from kassa.gateways.events import ObjectKind, SubjectKind
from kassa.gateways.payment_methods import PaidMethod
from kassa.ledger.facts import (
    CheckoutCompleted,
    CheckoutExpired,
    DisputeFundsReinstated,
    DisputeFundsWithdrawn,
    DisputeLost,
    DisputeOpened,
    DisputeWon,
    LedgerFact,
    MovementCorrected,
    PaymentApplied,
    PaymentCaptured,
    PaymentDescribed,
    PaymentFailed,
    PaymentReversed,
    PaymentVoided,
    RefundCanceled,
    RefundCreated,
    RefundFailed,
    RefundSucceeded,
)
from kassa.ledger.movements.gateway_reversals import is_reversed, undisputed
from kassa.ledger.state import SubjectState
from kassa.orders import attempts as stages
from kassa.orders.attempts import Attempt
from kassa.orders.lifecycle import OrderLifecycle, OrderPayment, attempts_at, with_attempt
from kassa.orders.payments import Name, attempt_of, is_payer, is_second, with_payment
from kassa.orders.views import OrderCase

_OF_CHECKOUT = (CheckoutCompleted, CheckoutExpired, PaymentFailed, PaymentVoided)
_OF_REFUND = (RefundCreated, RefundSucceeded, RefundFailed, RefundCanceled)
_OF_DISPUTE = (
    *(DisputeFundsWithdrawn, DisputeFundsReinstated, MovementCorrected),
    *(DisputeOpened, DisputeWon, DisputeLost),  # by which a reversal is contested
)
_OF_CAPTURE = (PaymentCaptured, PaymentApplied)  # the order hears of it by either, or by both
_OF_MONEY = (*_OF_CAPTURE, PaymentDescribed, PaymentReversed, *_OF_REFUND, *_OF_DISPUTE)
APPLICABLE = (*_OF_CHECKOUT, *_OF_MONEY)  # the facts that OrdersRule lets through
CHARGED_BACK = "charged_back"  # why an attempt that was paid failed


def after_money(
    case: OrderCase, fact: LedgerFact, state: SubjectState, kept: frozenset[Name], now: datetime
) -> OrderLifecycle:
    """Return the lifecycle after money moved; `state` says how its payment stands by now.

    What went back of a payment that the order doesn't know changes nothing: its capture is still
    to come. Only of a debit that was returned before the order came to know of it, it came before.
    `kept` names the duplicate payments that don't go back yet.
    """
    payment, ordered = payment_of(fact), case.order.amount
    now_is = payment.model_copy(update=_booked(state, payment.amount, ordered.currency))
    if case.lifecycle.named(payment.name) is None:
        if state.has_capture and not now_is.amount.amount_minor:
            return _never_paid(case, fact, payment, now)
        if not (is_capture(fact) or _was_returned(state)):
            return case.lifecycle
        now_is = now_is if is_capture(fact) else now_is.model_copy(update=_captured(state))
    lifecycle = with_payment(case.lifecycle, now_is, ordered, now, kept)
    is_kept = is_payer(lifecycle, payment) or is_second(lifecycle, payment)
    over = {payment.name} if takes_back(fact) and not is_kept else set()
    if case.lifecycle.payers and not lifecycle.payers:  # its payment is one of those that paid
        had_paid = (*case.lifecycle.payers, *case.lifecycle.duplicate_payments)
        over = {one.name for one in had_paid}
    return _taken_back(lifecycle, fact, over, now)


def after_refund_over(
    case: OrderCase,
    payment: OrderPayment,
    state: SubjectState,
    kept: frozenset[Name],
    now: datetime,
) -> OrderLifecycle:
    """Return the lifecycle once a refund of a payment that it knows isn't to be made any more."""
    ordered = case.order.amount
    now_is = payment.model_copy(update=_booked(state, payment.amount, ordered.currency))
    return with_payment(case.lifecycle, now_is, ordered, now, kept)


def _never_paid(
    case: OrderCase, fact: LedgerFact, payment: OrderPayment, now: datetime
) -> OrderLifecycle:
    """Return the lifecycle where all of a payment went back before the order came to know of it.

    Its page is done then, whatever its gateway says of it: who shows it again asks for nothing.
    """
    lifecycle = case.lifecycle
    if payment.amount.amount_minor < case.order.amount_minor:  # its page may be paid in parts
        return lifecycle
    for attempt in attempt_of(lifecycle, payment):
        over = stages.taken_back(attempt, _reason(fact), now)
        lifecycle = with_attempt(
            lifecycle, over.model_copy(update={"payment_id": payment.payment_id})
        )
    return lifecycle


def _taken_back(
    lifecycle: OrderLifecycle, fact: LedgerFact, names: set[Name], now: datetime
) -> OrderLifecycle:
    """End the attempts of payments that pay the order no more, so that another checkout is opened.

    The one that was taken back ends for the reason that the fact gives.
    """
    reasons = {payment_of(fact).name: _reason(fact)}
    for attempt in lifecycle.attempts:
        name = (attempt.gateway, attempt.account, str(attempt.payment_id))
        if name in names:
            over = stages.taken_back(attempt, reasons.get(name), now)
            lifecycle = with_attempt(lifecycle, over)
    return lifecycle


def _reason(fact: LedgerFact) -> str | None:
    """Return why an attempt that was paid is over."""
    is_dispute = isinstance(fact.data, _OF_DISPUTE)
    return CHARGED_BACK if is_dispute else getattr(fact.data, "reason", None)


def applied(
    lifecycle: OrderLifecycle, fact: LedgerFact, can_find: bool, now: datetime
) -> OrderLifecycle:
    """Return the lifecycle after any other fact; `can_find`: its gateway finds checkouts."""
    where = (fact.metadata.gateway, fact.metadata.account)
    here = attempts_at(lifecycle, where)
    named = next((one for one in here if _is_named(one, fact)), None)
    attempt = named or next((one for one in here if _is_unnamed(one, fact)), None)
    if attempt is None:
        return lifecycle
    is_sure = named is not None or not can_find
    return with_attempt(lifecycle, _moved(attempt, fact, is_sure, can_find, now))


def is_applicable(fact: LedgerFact) -> bool:
    """Tell whether a fact may say something of an order."""
    return isinstance(fact.data, APPLICABLE)


def moves_money(fact: LedgerFact) -> bool:
    """Tell whether by a fact more or less of a payment is the merchant's."""
    return isinstance(fact.data, _OF_MONEY)


def takes_back(fact: LedgerFact) -> bool:
    """Tell whether by a fact a captured payment was disproved, taken back or charged back.

    That it was a debit, which a chargeback returns, may be known last of all.
    """
    taking = PaymentReversed | DisputeFundsWithdrawn | MovementCorrected | PaymentDescribed
    return isinstance(fact.data, taking)


def is_won(fact: LedgerFact) -> bool:
    """Tell whether a dispute was won, or gave back what it had taken."""
    return isinstance(fact.data, DisputeFundsReinstated | DisputeWon)


def has_come_back(fact: LedgerFact) -> bool:
    """Tell whether a refund that Kassa didn't make came to nothing; it sees to its own itself."""
    is_over = isinstance(fact.data, RefundFailed | RefundCanceled)
    return is_over and not getattr(fact.data, "refund_request_id", None)


def is_capture(fact: LedgerFact) -> bool:
    """Tell whether a fact says that a payment was captured, or that a captured one pays this."""
    return isinstance(fact.data, _OF_CAPTURE)


def is_of_payment(fact: LedgerFact) -> bool:
    """Tell whether a fact's subject is a payment."""
    return fact.metadata.subject_kind == SubjectKind.PAYMENT


def payment_of(fact: LedgerFact) -> OrderPayment:
    """Return the payment that a fact is about, as far as the fact knows it."""
    return OrderPayment(
        gateway=fact.metadata.gateway,
        account=fact.metadata.account,
        payment_id=fact.metadata.subject_id,
        amount=fact.data.amount,
        captured_at=fact.data.occurred_at,
        object_id=fact.data.object_id,
        last_fact=fact.metadata,
    )


def _booked(state: SubjectState, amount: Money, currency: str) -> dict[str, object]:
    """Return what a payment took and what went back of it; `amount` says in which currency if none.

    What was returned took nothing. Where all of it was refunded, that is no news to its order: the
    customer got it twice, an excess of the payment's.
    """
    taken = _taken(state, currency) or amount.model_copy(update={"amount_minor": 0})
    charged_back = state.charged_back_minor if taken.currency == state.currency else 0
    refunded = state.refunded_minor + state.unnamed_minor
    if _is_returned(state):
        returned = charged_back if refunded < taken.amount_minor else 0
        left_minor = max(0, taken.amount_minor - returned)
        taken, charged_back = taken.model_copy(update={"amount_minor": left_minor}), 0
    return {"amount": taken, "refunded_minor": refunded, "charged_back_minor": charged_back}


def _is_returned(state: SubjectState) -> bool:
    """Tell whether what was charged back of a payment can't be contested, and so took it back.

    A bank debit's came back from the bank (SEPA Direct Debit Core Rulebook, 4.3: returns and
    refunds). And a reversal without a dispute is the gateway's own: PayPal has to return what a
    buyer's bank asks for. Once there is a dispute, it is contested.
    """
    reversed_ = undisputed(state.counted_funds(), state.objects)
    return _is_bank_debit(state) or reversed_.is_above_zero


def _was_returned(state: SubjectState) -> bool:
    """Tell whether a payment was returned, whatever became of it since."""
    is_debit_back = _is_bank_debit(state) and bool(state.movements().funds)
    return is_debit_back or is_reversed(state.objects)


def _captured(state: SubjectState) -> dict[str, object]:
    """Return when a payment was first captured, and as which object."""
    captured = state.of(ObjectKind.CHARGE, "captured")
    first = min(captured, key=lambda one: (captured[one].happened_at, one))
    return {
        "captured_at": datetime.fromtimestamp(captured[first].happened_at, UTC),
        "object_id": first,
    }


def _is_bank_debit(state: SubjectState) -> bool:
    methods = {charge.method for charge in state.of(ObjectKind.CHARGE, "captured").values()}
    return methods == {PaidMethod.BANK_DEBIT}


def _taken(state: SubjectState, currency: str) -> Money | None:
    """Return what a payment took: in the order's currency, or else in the one it was made in."""
    captured = [charge.amount for charge in state.of(ObjectKind.CHARGE, "captured").values()]
    if not captured:
        return None
    currencies = {one.currency for one in captured}
    named = currency if currency in currencies else min(currencies)
    return Money(amount_minor=Sums(captured).of(named), currency=named)


def _is_named(attempt: Attempt, fact: LedgerFact) -> bool:
    by_checkout = _is_of_checkout(fact) and attempt.checkout_id == fact.data.object_id
    return by_checkout or attempt.payment_id == fact.metadata.subject_id


def _is_unnamed(attempt: Attempt, fact: LedgerFact) -> bool:
    known = attempt.checkout_id if _is_of_checkout(fact) else attempt.payment_id
    return known is None and not attempt.is_over


def _is_of_checkout(fact: LedgerFact) -> bool:
    return isinstance(fact.data, CheckoutCompleted | CheckoutExpired)


def _moved(
    attempt: Attempt, fact: LedgerFact, is_sure: bool, can_find: bool, now: datetime
) -> Attempt:
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
        case PaymentFailed() if can_find:  # the checkout may let the customer try again
            return stages.declined(attempt, reason, now)
        case _:
            return stages.failed(attempt, reason or "voided", now)
