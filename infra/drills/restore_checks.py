"""What must hold after a table was lost and came back: nothing missing, nothing there twice."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from infra.demo.result import OrderResult
from infra.local import observed
from infra.local.errors import DemoError
from infra.stack import Stack
from infra.stack_clients import connect
from kassa.billing.receivables.store import Receivables
from kassa.core.postings import balances
from kassa.platform.index_pages import PageRequest
from kassa.recovery import digest_store as book_digests

MERCHANT = "main"
REST_S = 120.0


@dataclass(frozen=True)
class Loss:
    """What was there when the table was lost."""

    table: str
    digest: book_digests.BookDigest
    sales: tuple[OrderResult, ...]  # with those whose webhooks came while there was no table


def check(stack: Stack, loss: Loss) -> None:
    """Nothing may be missing, nothing be there twice, and no letter be dead."""
    captured = [sale for sale in loss.sales if sale.order.is_paid]
    wait_for(stack, captured)
    observed.wait_until(lambda: observed.is_at_rest(stack), REST_S)
    found, books = books_of(stack), observed.read_books(stack)
    missing = [
        name for name, was in loss.digest.subjects.items() if found.subjects.get(name) != was
    ]
    if missing:
        raise DemoError(f"not as it was: {missing[:5]}")
    expected = Counter({sale.payment_id: 1 for sale in captured})
    if books.subjects("PaymentCaptured") != expected:
        raise DemoError("captures are missing, or there twice")
    if any(sums(books)):
        raise DemoError(f"accounts don't sum to zero: {sums(books)}")
    printed = [one for one in observed.documents(stack, "invoices/") if one.endswith(".pdf")]
    numbers = sorted(one for one in printed if "/CN-" not in one)
    if len(numbers) != len(captured) or not numbers[-1].endswith(f"{len(captured):08d}.pdf"):
        raise DemoError(f"{len(numbers)} invoices stand for {len(captured)} captures")
    if owed := Receivables(MERCHANT).outstanding(PageRequest())[0]:
        raise DemoError(f"paid, and said to be owed: {[one.number for one in owed]}")
    if dead := observed.dead_letters(stack):
        raise DemoError(f"dead letters are left: {dead}")
    say(f"nothing is missing, nothing twice: {found.events} events, {len(numbers)} invoices")


def wait_for(stack: Stack, sales: Iterable[OrderResult]) -> None:
    """Wait until sales are booked, and the stack rests."""
    expected = {sale.payment_id for sale in sales}

    def is_booked() -> bool:
        return expected <= observed.read_books(stack).subjects("PaymentCaptured").keys()

    if not observed.wait_until(is_booked, REST_S):
        raise DemoError("sales weren't booked in time")
    observed.wait_until(lambda: observed.is_at_rest(stack), REST_S)


def sums(books: observed.Books) -> list[int]:
    """Return what all accounts sum up to, for each currency."""
    by_currency: Counter[str] = Counter()
    for (_, currency), minor in balances(books.postings).items():
        by_currency[currency] += minor
    return list(by_currency.values())


def books_of(stack: Stack) -> book_digests.BookDigest:
    """Return what the books come to."""
    connect(stack)
    return book_digests.digest(stack.table)


def say(what: str) -> None:
    """Say what is done, as it is done."""
    print(what, flush=True)
