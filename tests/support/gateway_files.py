"""The files of a gateway's package: one list for all, and what a gateway has besides, with why.

A missing file is a missing ability. What a newcomer looks for has the same name everywhere, and
whoever adds a gateway can read here what there is to write.
"""

from collections.abc import Mapping
from typing import NamedTuple

from kassa.gateways.registry import Ability
from tests.support.every_gateway import EVERY_GATEWAY, scene_class

A = Ability


class File(NamedTuple):
    """What stands in a file."""

    name: str
    holds: str
    abilities: frozenset[Ability] = frozenset()  # that it is there for


OF_ALL = (
    File("webhook", "the proof that a webhook is the gateway's; standard library alone"),
    File("events", "what a webhook, or what Kassa fetched, says in our words"),
    File("event_types", "what becomes of each type of the gateway's own list"),
    File("declines", "what its codes for a no mean"),
)
READ_BY_CODE = (  # a gateway that is read by a mapping has none of these
    File("money", "its amounts: the one way in and the one way out"),
    File("parsing", "what its objects have in common, and its payment methods in our words"),
    File("payments", "how payments, captures and refunds stand"),
)
DISPUTES = File("disputes", "how disputes stand, and what moved for them")
CALLED = (
    File("gateway", "all that it can be asked for, from the files below"),
    File("client", "one call of its API"),
)
DISPUTE_ACTS = frozenset({A.FIND_DISPUTE, A.ANSWER_DISPUTE, A.ACCEPT_DISPUTE})
OF_ABILITIES = (
    File("checkouts", "hosted pages", frozenset({A.OPEN_CHECKOUT, A.FIND_CHECKOUT})),
    File("refunds", "refunds", frozenset({A.REFUND, A.FIND_REFUND, A.NAMED_REFUND})),
    File("dispute_answers", "evidence for disputes", DISPUTE_ACTS),
    File("look_up", "how things stand now", frozenset({A.LOOK_UP, A.PAYMENT_OF, A.CONFIRM})),
    File("event_list", "events that no webhook brought", frozenset({A.LIST_EVENTS})),
    File("payouts", "balance transactions and payouts, walked", frozenset({A.PAYOUTS})),
    File("balance", "balance transactions and payouts, read", frozenset({A.PAYOUTS})),
    File("history", "what was before the books, walked", frozenset({A.HISTORY})),
)
FILES = (*OF_ALL, *READ_BY_CODE, DISPUTES, *CALLED, *OF_ABILITIES)

MAPPING = "mapping"
EXTRAS: Mapping[str, Mapping[str, str]] = {
    "adyen": {
        "notification": "what Adyen signs of an item: its webhook reads it, without pydantic",
    },
    "btcpay": {
        "pull_payments": "a refund is an object of its own there, which doesn't name its invoice",
    },
    "paypal": {
        "certificates": "webhooks are signed by one, fetched once; its chain takes cryptography",
        "processor_codes": "what cards' processors answer: more than fits beside PayPal's codes",
    },
    "standard": {
        MAPPING: "the merchant's own mapping says how events are read, instead of code",
    },
    "stripe": {
        "exchange": "what moved in another currency is brought back to the payment's",
    },
}


def expected(gateway: str) -> set[str]:
    """Return the files that a gateway's package has to have, and no others."""
    known, extras = EVERY_GATEWAY[gateway], EXTRAS.get(gateway, {})
    files = [*OF_ALL, *(one for one in OF_ABILITIES if one.abilities & known.can)]
    if MAPPING not in extras:
        files += [*READ_BY_CODE, *([DISPUTES] if "dispute" in scene_class(gateway).can else [])]
    files += CALLED if known.can else ()
    return {one.name for one in files} | set(extras)


def file_of(ability: Ability) -> str:
    """Return the file whose function an ability is."""
    return next(one.name for one in OF_ABILITIES if ability in one.abilities)
