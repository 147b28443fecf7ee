"""The risk score: 0 to 100, the sum of named points, so that every score can be explained.

No model and no training: each part has a line below, rises with its input alone and has a most
it can give. The score only routes; what rejects a request is never a score.

part              points                                                              at most
gateway_risk      the gateway's own level: elevated 20, highest 35                         35
velocity          5 for each other request of 24 hours: the customer's, card's,            20
                  address's or IP's, whichever is most (they are mostly one person's)
refund_share      half of what the share is above the merchant's mean, in percent          20
dispute_share     twice what the share is above the merchant's mean, in percent            15
amount_ratio      1 for each 20 % above the customer's mean payment                        10
customer_unknown  10 where there is no history, instead of the three parts above           10
"""

from pydantic import Field

from kassa.core.model import Model

_GATEWAY = {"elevated": 20, "highest": 35}
_UNKNOWN = 10


class ScorePart(Model):
    """One part of a score, with what it was given for."""

    name: str
    points: int = Field(ge=0)
    text: str


class ScoreInputs(Model):
    """What a score is made of, in the whole numbers that the receipt shows."""

    gateway_risk: str | None
    requests: int  # the most of one customer, card, address or IP, beside this one
    is_known: bool
    refund_share: int | None
    refund_mean: int
    dispute_share: int | None
    dispute_mean: int
    amount_ratio: int | None


def score_parts(seen: ScoreInputs) -> tuple[ScorePart, ...]:
    """Return the parts that give points; the score is their sum, 100 at most."""
    parts = [
        _part("gateway_risk", _GATEWAY.get(seen.gateway_risk or "", 0), f"{seen.gateway_risk}"),
        _part(
            "velocity",
            min(20, 5 * seen.requests),
            f"{seen.requests} other {'request' if seen.requests == 1 else 'requests'} in 24 hours",
        ),
    ]
    parts += _of_history(seen) if seen.is_known else [_part(*_STRANGER)]
    return tuple(part for part in parts if part.points)


_STRANGER = "customer_unknown", _UNKNOWN, "no payment of this customer is known"


def _of_history(seen: ScoreInputs) -> list[ScorePart]:
    refunded, disputed = seen.refund_share or 0, seen.dispute_share or 0
    ratio = seen.amount_ratio or 0
    return [
        _part(
            "refund_share",
            min(20, max(0, refunded - seen.refund_mean) // 2),
            f"{refunded} % where the merchant's mean is {seen.refund_mean} %",
        ),
        _part(
            "dispute_share",
            min(15, 2 * max(0, disputed - seen.dispute_mean)),
            f"{disputed} % where the merchant's mean is {seen.dispute_mean} %",
        ),
        _part(
            "amount_ratio",
            min(10, max(0, ratio - 100) // 20),
            f"{ratio} % of the customer's mean payment",
        ),
    ]


def _part(name: str, points: int, text: str) -> ScorePart:
    return ScorePart(name=name, points=points, text=text)
