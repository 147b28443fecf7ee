"""How a policy's columns, amounts, ranges and decisions are said in plain English."""

from collections.abc import Sequence

from kassa.core.money import Money, to_decimal

_MADE = {"approve": "approved", "escalate": "escalated", "reject": "rejected"}
_REQUESTS = "if {} had made {{}} refund {{requests}} in 24 hours"
# Where a number is asked about: "if …" with its range, said as "more than 30" or "at most 30".
_IF = {
    "payment_age_days": "if the payment were {} {days} old",
    "amount_percent": "if the amount were {} % of what was captured",
    "customer_payments": "if the customer had made {} {payments}",
    "customer_paid": "if the customer had paid {}",
    "customer_age_days": "if the customer's first payment were {} {days} ago",
    "customer_refunds": "if {} of the customer's payments had been refunded",
    "refund_share_percent": "if the customer's share of refunds were {} %",
    "dispute_share_percent": "if the customer's share of disputes were {} %",
    "amount_ratio_percent": "if the amount were {} % of the customer's mean payment",
    "requests_customer_day": _REQUESTS.format("the customer"),
    "requests_card_day": _REQUESTS.format("the card"),
    "requests_address_day": _REQUESTS.format("the address"),
    "requests_ip_day": _REQUESTS.format("the network address"),
    "requests_email_day": _REQUESTS.format("the e-mail address"),
    "disputed_percent": "if disputes had taken {} % of what was captured",
    "risk_score": "if the risk score were {}",
    "reason": "if the reason were {}",
    "category": "if the category were {}",
    "gateway": "if the gateway were {}",
    "method": "if the payment method were {}",
    "brand": "if the brand of the payment method were {}",
    "country": "if the card's country were {}",
    "gateway_risk": "if the gateway's risk level were {}",
}
_ANSWERS = {
    "has_open_dispute": {"yes": "if a dispute were open", "no": "if no dispute were open"},
    "lost_dispute": {"yes": "if a dispute had been lost", "no": "if no dispute had been lost"},
}


def plain(code: str) -> str:
    """Return a word as people say it."""
    return code.replace("_", " ")


def amount_text(amount_minor: int, currency: str) -> str:
    """Return an amount as a policy is written and printed: 50.00 EUR, 12000 JPY."""
    return f"{to_decimal(Money(amount_minor=amount_minor, currency=currency)):f} {currency}"


def number_text(number: int, currency: str | None) -> str:
    """Return a bound as it is printed."""
    return str(number) if currency is None else amount_text(number, currency)


def range_text(over: int | None, up_to: int | None, currency: str | None = None) -> str:
    """Return a range as it is printed: "over 10, up to 30"."""
    bounds = {"over": over, "up to": up_to}
    parts = [f"{bound} {number_text(n, currency)}" for bound, n in bounds.items() if n is not None]
    return ", ".join(parts)


def if_bound(column: str, above: bool, number: int, currency: str | None) -> str:
    """Say for which numbers something would have been: "above 120.00 EUR", "if …"."""
    bound = number_text(number, currency)
    if column == "amount":
        return f"above {bound}" if above else f"up to {bound}"
    nouns = {noun + "s": noun + "s" * (number != 1) for noun in ("day", "payment", "request")}
    return _IF[column].format(f"{'more than' if above else 'at most'} {bound}", **nouns)


def if_values(column: str, values: Sequence[str]) -> str:
    """Say for which values something would have been."""
    if column in _ANSWERS:
        return _ANSWERS[column][values[0]]
    return _IF[column].format(" or ".join(plain(value) for value in values))


def would_have_been(outcome: str, condition: str, is_hard_limit: bool) -> str:
    """Say a counterfactual in one sentence."""
    limit = ", the hard limit of one refund" if is_hard_limit else ""
    return f"would have been {_MADE[outcome]} {condition}{limit}"
