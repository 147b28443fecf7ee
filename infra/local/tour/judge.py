"""What must be so after the tour; says in words what isn't."""

from collections import Counter
from collections.abc import Iterable, Iterator

from infra.local.observed import Books
from infra.local.tour.fakes import FakePayment, Truth
from infra.local.tour.figures import Figures, Where, booked, expected, named
from infra.local.tour.judge_documents import document_problems
from infra.local.tour.judge_orders import order_problems
from infra.local.tour.outcome import TourOutcome
from infra.local.tour.paid import payments
from infra.local.tour.story import Order
from kassa.core.postings import Posting, PostingKind

PAID_WITH = {  # what a customer chooses, and what may be said of the payment
    "card": ("card",),
    "paypal": ("wallet", "card"),  # PayPal's page takes cards too
    "pay_later": ("pay_later",),
    "crypto": ("crypto",),
}
_SIGNS = {
    PostingKind.CAPTURE: ("captured", 1),
    PostingKind.REFUND: ("refunded", 1),
    PostingKind.REFUND_REVERSAL: ("refunded", -1),
}


def problems(outcome: TourOutcome) -> list[str]:
    """Return everything that isn't as it must be; nothing is wrong when it is empty."""
    return [*money_problems(outcome), *document_problems(outcome)]


def money_problems(outcome: TourOutcome) -> list[str]:
    """Return what isn't as it must be with orders, money, or the queues."""
    orders = [told.order for told in outcome.told]
    found = [problem for told in outcome.told for problem in order_problems(told)]
    found += [*_ledger(outcome.books), *_figures(outcome.books, orders)]
    found += _methods(outcome.books, orders)
    for gateway, of_gateway in truth_problems(outcome).items():
        found += [f"{gateway} {problem}" for problem in of_gateway]
    found += [f"{name} holds {n} messages" for name, n in outcome.unfinished.items() if n]
    return found


def truth_problems(outcome: TourOutcome) -> dict[str, list[str]]:
    """Return in what each gateway's own books differ from ours or from the story."""
    orders = [told.order for told in outcome.told]
    return {
        gateway: [*_of_truth(gateway, truth, outcome.books), *_of_story(gateway, truth, orders)]
        for gateway, truth in sorted(outcome.truths.items())
    }


def differing(outcome: TourOutcome) -> list[str]:
    """Return the gateways whose own books differ, or can't be read."""
    unread = [gateway for gateway, _ in booked(outcome.books) if gateway not in outcome.truths]
    return [*unread, *(gateway for gateway, found in truth_problems(outcome).items() if found)]


def _ledger(books: Books) -> Iterator[str]:
    """Nothing is told or posted twice, and every currency sums to zero."""
    ids = Counter(fact.metadata.fact_id for fact in books.facts)
    yield from (f"fact {fact_id} was told by two events" for fact_id, n in ids.items() if n > 1)
    posted = Counter(
        (fact.metadata.gateway, posting.object_id, posting.kind, posting.source)
        for fact in books.facts
        for posting in fact.data.postings
    )
    for (gateway, of, kind, _), n in posted.items():
        if n > 1:
            yield f"{gateway}: {kind} of {of} was posted {n} times"
    captured = Counter(
        (fact.metadata.gateway, fact.metadata.subject_id)
        for fact in books.facts
        if fact.data.fact == "PaymentCaptured"
    )
    yield from (f"{at} {of} was captured {n} times" for (at, of), n in captured.items() if n > 1)


def _methods(books: Books, orders: list[Order]) -> Iterator[str]:
    """Whatever a gateway calls it, who chose a method paid with what we call it."""
    wanted = {order.order_id: PAID_WITH.get(order.method or "") for order in orders}
    for paid in payments(books):
        known = wanted.get(paid.order_id or "")
        if known and paid.method not in known:
            told = f"{paid.order_id} at {paid.gateway} was paid with {paid.method}"
            yield f"{told}, not with {' or '.join(known)}"


def _figures(books: Books, orders: list[Order]) -> Iterator[str]:
    """Every gateway comes to what the story says, and every currency sums to zero."""
    found, wanted = booked(books), expected(orders)
    for where in sorted(found.keys() | wanted.keys()):
        yield from _differences(where, found.get(where, Figures()), wanted.get(where, Figures()))
    sums: Counter[str] = Counter()
    for (_, currency), figures in found.items():
        sums[currency] += figures.total
    yield from (f"{currency} sums to {off}, not to zero" for currency, off in sums.items() if off)


def _differences(where: Where, found: Figures, wanted: Figures) -> Iterator[str]:
    should = named(wanted)
    for name, has in named(found).items():
        if has != should[name]:
            yield f"{where[0]}: {name} is {has} {where[1]} (minor units) instead of {should[name]}"


def _of_truth(gateway: str, truth: Truth, books: Books) -> Iterator[str]:
    """The gateway holds what the books say, and has each payment as they have it."""
    held = {at[1]: figures.balance for at, figures in booked(books).items() if at[0] == gateway}
    for currency in sorted(held.keys() | truth.balance_minor.keys()):
        has, says = truth.balance_minor.get(currency, 0), held.get(currency, 0)
        if has != says:
            yield f"holds {has} {currency} (minor units), the books say {says}"
    mine = {one.payment_id: _moved(one) for one in truth.payments if one.captured_minor}
    ours = _booked_payments(gateway, books)
    for payment_id in sorted(mine.keys() | ours.keys()):
        if mine.get(payment_id) != ours.get(payment_id):
            both = f"{mine.get(payment_id)} captured and refunded of {payment_id}"
            yield f"has {both}, the books have {ours.get(payment_id)}"


def _moved(payment: FakePayment) -> tuple[int, int]:
    return payment.captured_minor, payment.refunded_minor


def _booked_payments(gateway: str, books: Books) -> dict[str, tuple[int, int]]:
    """Add up what was captured and refunded of each payment of a gateway."""
    sums: dict[str, Counter[str]] = {}
    for fact in books.facts:
        if fact.metadata.gateway == gateway and fact.metadata.subject_kind == "payment":
            of_payment = sums.setdefault(fact.metadata.subject_id, Counter())
            of_payment.update(_moved_by(fact.data.postings))
    found = {one: (moved["captured"], moved["refunded"]) for one, moved in sums.items()}
    return {payment_id: moved for payment_id, moved in found.items() if moved != (0, 0)}


def _moved_by(postings: Iterable[Posting]) -> Counter[str]:
    moved: Counter[str] = Counter()
    for posting in postings:
        name, sign = _SIGNS.get(posting.kind, ("", 0))
        moved[name] += sign * posting.amount.amount_minor
    return moved


def _of_story(gateway: str, truth: Truth, orders: list[Order]) -> Iterator[str]:
    """The gateway took each order's money as often as the story says, and gave back as much."""
    wanted: dict[str, list[tuple[int, int]]] = {}
    for order in orders:
        if order.is_paid and order.gateway == gateway:
            back = order.refund_minor + order.by_hand_minor
            wanted.setdefault(order.order_id, []).append((order.amount_minor, back))
        if order.paid_again_at == gateway:
            moved = order.amount_minor, order.amount_minor
            wanted.setdefault(order.order_id, []).append(moved)
    found: dict[str, list[tuple[int, int]]] = {}
    for payment in truth.payments:
        if payment.captured_minor:
            found.setdefault(payment.order_id, []).append(_moved(payment))
    for order_id in sorted(wanted.keys() | found.keys()):
        if sorted(wanted.get(order_id, [])) != sorted(found.get(order_id, [])):
            has, should = found.get(order_id), wanted.get(order_id)
            yield f"has {has} captured and refunded of {order_id}, not {should}"
