"""What moved at each gateway in each currency, as the books have it."""

from collections import Counter
from dataclasses import asdict, dataclass

from infra.local.observed import Books
from kassa.core.postings import Account, Posting, PostingKind

Where = tuple[str, str]  # gateway, currency
A, P = Account, PostingKind
ELSEWHERE = (A.GATEWAY_ADJUSTMENTS, A.OPENING_BALANCE)


@dataclass(frozen=True)
class Figures:
    """What moved at a gateway, in minor units; all are positive in the ordinary case."""

    captured: int = 0
    refunded: int = 0
    charged_back: int = 0
    fees: int = 0
    paid_out: int = 0
    balance: int = 0  # what the gateway holds of ours
    clearing: int = 0  # captured or refunded, and no balance movement reported
    customers: int = 0  # what they have paid, as a debt
    exchange: int = 0  # given or taken where the gateway changed money
    elsewhere: int = 0  # on any other account; nothing may be there

    @property
    def held(self) -> int:
        """Return what the gateway must still have of ours."""
        return self.balance + self.clearing

    @property
    def total(self) -> int:
        """Return the sum of all accounts."""
        where = self.charged_back, self.fees, self.paid_out, self.held, self.customers
        return sum(where) + self.exchange + self.elsewhere


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
        exchange=accounts[A.CURRENCY_EXCHANGE],
        elsewhere=sum(accounts[account] for account in ELSEWHERE),
    )


def named(figures: Figures) -> dict[str, int]:
    """Return the figures by name."""
    return asdict(figures)
