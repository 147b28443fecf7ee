"""What is published of watching: how gateways answered."""

from typing import Literal

from kassa.core.facts import MeasuredFactData


class GatewayCallsCounted(MeasuredFactData):
    """How a gateway account answered what one run of the watch asked of it.

    `object_id` is when that was. A run that asked nothing publishes nothing.
    """

    fact: Literal["GatewayCallsCounted"] = "GatewayCallsCounted"
    answered: int  # a refusal is an answer
    refused: int  # of those
    unanswered: int  # nobody knows what the gateway did
    within: tuple[int, ...]  # answers by `answer_times.LIMITS_MS`; the last took longer
