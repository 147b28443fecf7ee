"""The change of routes that an alternative asks for, as a person tries and saves it."""

import json
from collections.abc import Iterator

from kassa.core.money import Money, to_decimal
from kassa.reports.fees.contracts.regions import Region
from kassa.reports.fees.savings import Alternative


def route_lines(one: Alternative) -> Iterator[str]:
    """Yield the route as YAML, one field a line, to stand among the merchant's others."""
    for number, (name, value) in enumerate(one.route.items()):
        text = value if isinstance(value, str) else json.dumps(value)
        yield f"{'- ' if not number else '  '}{name}: {text}"


def commands(one: Alternative) -> Iterator[str]:
    """Yield what shows where such a payment would go, and what puts it into effect."""
    typical = one.gross_minor // max(one.charges, 1)
    amount = to_decimal(Money(amount_minor=typical, currency=one.currency))
    country = ""
    if one.regions == (Region.DOMESTIC,):
        country = f" --country {one.route['countries']['allow'][0]}"
    paid = f"--amount {amount:f} --currency {one.paid_currency} --method {one.method}{country}"
    yield f"kassa routes try {paid} --file routes.yaml"
    yield "kassa routes save routes.yaml"
