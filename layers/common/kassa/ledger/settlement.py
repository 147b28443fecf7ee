"""Settlement: which postings an amount and a balance transaction make."""

from kassa.core.money import Money
from kassa.core.postings import Account, Posting, PostingKind, posting_between
from kassa.gateways.events import Movement
from kassa.gateways.states import MOVES, SETTLING


def posting(object_id: str, kind: PostingKind, money: Money) -> Posting:
    """Post an amount the usual way of its kind; a negative one goes the other way round."""
    return posting_between(MOVES[kind], object_id, kind, money)


def settlement(object_id: str, movement: Movement) -> tuple[Posting, ...]:
    """Post what a balance transaction moved: its gross, its fee, and the exchange between."""
    gross, postings = movement.gross, []
    if movement.moves == "payout":
        pass  # posted by the payout itself
    elif movement.moves == "fee":
        fee = gross.model_copy(update={"amount_minor": -gross.amount_minor})
        postings.append(posting(object_id, PostingKind.FEE, fee))
    elif movement.moves not in SETTLING:
        postings.append(posting(object_id, PostingKind.ADJUSTMENT, gross))
    elif movement.exchanged is None:
        postings.append(posting(object_id, PostingKind.SETTLEMENT, gross))
    else:
        postings.append(posting(object_id, PostingKind.EXCHANGE, movement.exchanged))
        bought = posting(object_id, PostingKind.SETTLEMENT, gross)
        side = "source" if gross.amount_minor >= 0 else "destination"
        postings.append(bought.model_copy(update={side: Account.CURRENCY_EXCHANGE}))
    if movement.fee_minor:
        fee = gross.model_copy(update={"amount_minor": movement.fee_minor})
        postings.append(posting(object_id, PostingKind.FEE, fee))
    return tuple(p for p in postings if p.amount.amount_minor)
