"""What a payment of an order was for: its products, the channel and the country of the order."""

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

from kassa.core.facts import Fact
from kassa.gateways.submissions import OrderLine
from kassa.ledger.facts import LedgerFact, PaymentCaptured, PaymentFailed
from kassa.orders.facts import PaymentAttributed, ProductShare
from kassa.orders.order import Order


def payment_attributed(fact: LedgerFact, order: Order) -> Fact[PaymentAttributed] | None:
    """Return what a capture or a failed attempt was for; none of what the order knows nothing of.

    It is named after the fact that it explains, and booked with it: the same whenever it is made.
    """
    if not isinstance(fact.data, PaymentCaptured | PaymentFailed):
        return None
    if not (order.channel or order.country or order.lines):
        return None
    named = {"fact_id": f"{fact.metadata.fact_id}:attributed"}
    return Fact[PaymentAttributed](
        metadata=fact.metadata.model_copy(update=named),
        data=PaymentAttributed(
            object_id=fact.data.object_id,
            occurred_at=fact.data.occurred_at,
            amount=fact.data.amount,
            order_id=order.order_id,
            channel=order.channel,
            country=order.country,
            products=tuple(shares(order.lines, fact.data.amount.amount_minor)),
        ),
    )


def shares(lines: Sequence[OrderLine], amount_minor: int) -> Iterator[ProductShare]:
    """Divide an amount over products as an order's lines do; not a minor unit is lost or made.

    A payment of a part of the order pays a part of each product.
    """
    of_product: dict[str, int] = {}
    for line in lines:
        product = line.sku or line.name
        of_product[product] = of_product.get(product, 0) + line.amount_minor
    whole = sum(of_product.values())
    weights = of_product.values() if whole else [1] * len(of_product)
    edges = [
        amount_minor * reached // (whole or len(of_product) or 1)
        for reached in accumulate(weights, initial=0)
    ]
    for product, (begun, ended) in zip(of_product, pairwise(edges), strict=True):
        yield ProductShare(product=product, amount_minor=ended - begun)
