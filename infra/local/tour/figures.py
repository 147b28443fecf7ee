"""One line for each gateway and currency: as the books have it, and as the story says."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from infra.local.observed import Books
from infra.local.tour.story import Order
from infra.local.tour.terms import DISPUTE_FEE, TERMS
from kassa.core.postings import Account, Posting, PostingKind

Where = tuple[str, str]  # gateway, currency
A, P = Account, PostingKind
ELSEWHERE = (A.GATEWAY_ADJUSTMENTS, A.CURRENCY_EXCHANGE, A.OPENING_BALANCE)


@dataclass(frozen=True)
class Figures:
    """What moved at a gateway, in minor units; all are positive in the ordinary case."""

    captured: int = 0
    refunded: int = 0
    charged_back: int = 0
    fees: int = 0
    paid_out: int = 0
    balance: int = 0  # what the gateway holds of ours
    clearing: int = 0  # captured or refunded, and no balance movement told
    customers: int = 0  # what they have paid, as a debt
    elsewhere: int = 0  # on any other account; nothing may be there

    @property
    def held(self) -> int:
        """Return what the gateway must still have of ours."""
        return self.balance + self.clearing

    @property
    def total(self) -> int:
        """Return the sum of all accounts."""
        where = self.charged_back, self.fees, self.paid_out, self.held, self.customers
        return sum(where) + self.elsewhere


def booked(books: Books) -> dict[Where, Figures]:
    """Add up every posting by the gateway that its fact comes from."""
    postings: dict[Where, list[Posting]] = {}
    for fact in books.facts:
        for posting in fact.data.postings:
            where = fact.metadata.gateway, posting.amount.currency
            postings.setdefault(where, []).append(posting)
    return {where: _added_up(found) for where, found in postings.items()}


def _added_up(postings: list[Posting]) -> Figures:
    kinds: Counter[PostingKind] = Counter()
    accounts: Counter[Account] = Counter()
    for posting in postings:
        minor = posting.amount.amount_minor
        kinds[posting.kind] += minor
        accounts[posting.source] -= minor
        accounts[posting.destination] += minor
    return Figures(
        captured=kinds[P.CAPTURE],
        refunded=kinds[P.REFUND] - kinds[P.REFUND_REVERSAL],
        charged_back=accounts[A.CHARGEBACKS],
        fees=accounts[A.GATEWAY_FEES],
        paid_out=accounts[A.BANK],
        balance=accounts[A.GATEWAY_BALANCE],
        clearing=accounts[A.GATEWAY_CLEARING],
        customers=accounts[A.CUSTOMERS],
        elsewhere=sum(accounts[account] for account in ELSEWHERE),
    )


def expected(orders: Iterable[Order]) -> dict[Where, Figures]:
    """Work out what each gateway must come to, once it has paid everything out."""
    sums: dict[Where, Counter[str]] = {}
    for order in orders:
        if order.is_paid:
            sums.setdefault((order.gateway, order.currency), Counter()).update(_of_order(order))
        if order.paid_again_at:
            again = _captured(order.paid_again_at, order)
            again["refunded"] = order.amount_minor
            sums.setdefault((order.paid_again_at, order.currency), Counter()).update(again)
    return {where: _settled(where[0], moved) for where, moved in sums.items()}


def _captured(gateway: str, order: Order) -> Counter[str]:
    fee = TERMS[gateway].fee(order.amount_minor, order.currency)
    return Counter(captured=order.amount_minor, fees=fee)


def _of_order(order: Order) -> Counter[str]:
    moved = _captured(order.gateway, order)
    moved["refunded"] = order.refund_minor + order.by_hand_minor
    moved["charged_back"] = order.charged_back_minor
    if order.is_disputed:
        moved["fees"] += DISPUTE_FEE
    return moved


def _settled(gateway: str, moved: Counter[str]) -> Figures:
    """Let a gateway pay out what is left, or hold it where it tells nothing of its balance."""
    left = moved["captured"] - moved["refunded"] - moved["charged_back"] - moved["fees"]
    where = "paid_out" if TERMS[gateway].pays_out else "clearing"
    customers = moved["refunded"] - moved["captured"]
    return Figures(**moved, **{where: left}, customers=customers)


def named(figures: Figures) -> dict[str, int]:
    """Return the figures by name."""
    return asdict(figures)
