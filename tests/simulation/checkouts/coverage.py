"""What a whole run of orders must have met somewhere."""

from tests.simulation.engine.coverage import SEEDS_MIN

SITUATIONS = {
    SEEDS_MIN: (
        *(f"paid at {name}" for name in ("stripe", "paypal", "klarna", "adyen", "btcpay")),
        "a SEPA debit was charged back",
        "a changed order was refused",
        "a customer left",
        "a customer wanted more back than a day allows",
        "a dispute was lost in part",
        "a dispute was lost",
        "a dispute was won",
        "a gateway was out",
        "a new attempt after expired",
        "a new attempt after failed",
        "a new attempt after refused",
        "a checkout closed",
        "a person resolved an attempt as expired",
        "a person's resolution contradicted the gateway",
        "a refund of an order was decided",
        "a refusal led to another gateway",
        "a returned debit at adyen",
        "a reversal without a dispute",
        "a returned debit at stripe",
        "a duplicate payment was put up for refund",
        "a test notification came",
        "a webhook was lost for good",
        "an event of another account came",
        "an order got another checkout",
        "an order applied its payment after a refund of it",
        "an order had to be sent again",
        "an order was paid twice",
        "an unknown checkout expired by itself",
        "an unknown checkout was looked up",
        "less than ordered",
        "many orders met an outage",
        "more than ordered",
        "other_currency than ordered",
        "parts paid an order together",
        "the same checkout was answered again",
    )
}
