"""Each gateway's own books, held against ours and against the scenario, payment by payment."""

from collections import Counter
from collections.abc import Iterable, Iterator

from infra.demo.actors.fakes import FakePayment, Truth
from infra.demo.checks.figures import booked
from infra.demo.result import Result
from infra.demo.scenario import Order
from infra.local.observed import Books
from kassa.core.postings import Posting, PostingKind

_SIGNS = {
    PostingKind.CAPTURE: ("captured", 1),
    PostingKind.REFUND: ("refunded", 1),
    PostingKind.REFUND_REVERSAL: ("refunded", -1),
}


def truth_problems(result: Result) -> dict[str, list[str]]:
    """Return in what each gateway's own books differ from ours or from the scenario."""
    orders = [one.order for one in result.orders]
    return {
        gateway: [*_of_truth(gateway, truth, result.books), *_of_scenario(gateway, truth, orders)]
        for gateway, truth in sorted(result.truths.items())
    }


def differing(result: Result) -> list[str]:
    """Return the gateways whose own books differ, or should be there and can't be read."""
    known = [name for name, terms in result.scenario.terms.items() if terms.is_fake]
    unread = [
        name for name, _ in booked(result.books) if name in known and name not in result.truths
    ]
    return [*unread, *(gateway for gateway, found in truth_problems(result).items() if found)]


def _of_truth(gateway: str, truth: Truth, books: Books) -> Iterator[str]:
    """The gateway holds what the books say, and has each payment as they have it."""
    held = {at[1]: figures.balance for at, figures in booked(books).items() if at[0] == gateway}
    for currency in sorted(held.keys() | truth.balance_minor.keys()):
        has, in_books = truth.balance_minor.get(currency, 0), held.get(currency, 0)
        if has != in_books:
            yield f"holds {has} {currency} (minor units), the books say {in_books}"
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


def _of_scenario(gateway: str, truth: Truth, orders: list[Order]) -> Iterator[str]:
    """The gateway took each order's money as often as the scenario says, and gave back as much."""
    expected: dict[str, list[tuple[int, int]]] = {}
    for order in orders:
        if order.is_paid and order.gateway == gateway:
            back = order.refunded_minor
            expected.setdefault(order.order_id, []).append((order.amount_minor, back))
        if order.paid_again_at == gateway:
            moved = order.amount_minor, order.amount_minor
            expected.setdefault(order.order_id, []).append(moved)
    found: dict[str, list[tuple[int, int]]] = {}
    for payment in truth.payments:
        if payment.captured_minor:
            found.setdefault(payment.order_id, []).append(_moved(payment))
    for order_id in sorted(expected.keys() | found.keys()):
        if sorted(expected.get(order_id, [])) != sorted(found.get(order_id, [])):
            has, should = found.get(order_id), expected.get(order_id)
            yield f"has {has} captured and refunded of {order_id}, not {should}"
