"""The seventh gateway's line for `kassa.gateways.registry.GATEWAYS`."""

from datetime import timedelta

from kassa.gateways.registry import Ability, Gateway

SEVEN = Gateway(
    can=frozenset(
        {
            *(Ability.OPEN_CHECKOUT, Ability.FIND_CHECKOUT),
            *(Ability.REFUND, Ability.FIND_REFUND, Ability.LOOK_UP),
        }
    ),
    memory=timedelta(hours=20),
    finds_by_name=True,
    open_for=timedelta(hours=1),
    methods={"card": "card"},
    package="tests.support.gateway_seven.seven",
)
