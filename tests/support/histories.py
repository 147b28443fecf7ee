"""Histories of a payment for properties: what a gateway may report of its objects, with many ties.

Each history is of a few objects, amounts and instants, so that reports meet that differ in one
thing alone: there an order of arrival would show.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import NamedTuple

from hypothesis import strategies as st

from kassa.core.money import Money
from kassa.gateways.events import UNNAMED, GatewayEvent, ObjectKind, ObjectReport
from kassa.gateways.states import LEVELS, RANKS
from kassa.ledger.facts import LedgerFact
from tests.support.builders import event, object_report

OBJECTS = {
    "pi_1": ObjectKind.PAYMENT,
    "ch_1": ObjectKind.CHARGE,
    "ch_2": ObjectKind.CHARGE,
    "re_1": ObjectKind.REFUND,
    "re_2": ObjectKind.REFUND,
    "dp_1": ObjectKind.DISPUTE,
    "dp_2": ObjectKind.DISPUTE,
    "dp_1/funds": ObjectKind.DISPUTE_FUNDS,
    "dp_1/taken": ObjectKind.DISPUTE_FUNDS,
    "dp_1/again": ObjectKind.DISPUTE_FUNDS,
    "dp_1/given": ObjectKind.DISPUTE_FUNDS,
    "dp_2/taken": ObjectKind.DISPUTE_FUNDS,
    "ch_1/funds": ObjectKind.DISPUTE_FUNDS,
    "pi_1/taken": ObjectKind.DISPUTE_FUNDS,
    "pi_1/given": ObjectKind.DISPUTE_FUNDS,
    "ch_1/refunded": ObjectKind.REFUNDED_TOTAL,
}
BELONGS_TO = {
    **dict.fromkeys(["dp_1/taken", "dp_1/again", "dp_1/given"], "dp_1"),
    "dp_2/taken": "dp_2",
    "ch_1/funds": "ch_1",  # a reversal, for as long as no dispute names it
    **dict.fromkeys(["pi_1/taken", "pi_1/given"], f"{UNNAMED}pi_1/dispute"),  # the one they fit
}

# What else may be told of an object; a refund has one trace number, told early, late or never.
_MORE: Mapping[ObjectKind, st.SearchStrategy[dict[str, object]]] = {
    ObjectKind.CHARGE: st.fixed_dictionaries(
        {
            "fingerprint": st.sampled_from([None, "print-1", "print-2"]),
            "country": st.sampled_from([None, "FI", "JP"]),
            "gateway_risk": st.sampled_from([None, *LEVELS]),
            "is_assumed": st.booleans(),
            "is_settled": st.booleans(),
        }
    ),
    ObjectKind.REFUND: st.fixed_dictionaries(
        {
            "reference": st.sampled_from([None, "arn-1"]),
            "refund_request_id": st.sampled_from([None, None, "rr_1"]),
        }
    ),
    ObjectKind.DISPUTE: st.fixed_dictionaries({"is_assumed": st.booleans()}),
    ObjectKind.DISPUTE_FUNDS: st.fixed_dictionaries({"is_assumed": st.booleans()}),
}


class World(NamedTuple):
    """Of what a history is: its objects, amounts in minor units, currencies, and seconds."""

    object_ids: list[str]
    amounts_minor: list[int]
    currencies: list[str]
    seconds: list[int]


_WORLDS = st.builds(
    World,
    st.one_of(
        st.just(sorted(OBJECTS)),
        st.lists(st.sampled_from(sorted(OBJECTS)), min_size=1, max_size=4, unique=True).map(
            lambda some: [*some, "ch_1"]
        ),
    ),
    st.sampled_from([[10_00], [10_00, 20_00], [10_00, 20_00, 30_00, 40_00, 50_00]]),
    st.sampled_from([["EUR"], ["EUR", "EUR", "EUR", "USD"]]),
    st.sampled_from([[0], [0, 1], [0, 1, 2, 3]]),
)


@st.composite
def _object_reports(draw: st.DrawFn, world: World) -> ObjectReport:
    object_id = draw(st.sampled_from(world.object_ids))
    kind = OBJECTS[object_id]
    state = draw(st.sampled_from(sorted(RANKS[kind])))
    amount = Money(
        amount_minor=draw(st.sampled_from(world.amounts_minor)),
        currency=draw(st.sampled_from(world.currencies)),
    )
    stands = object_report(object_id, kind, state, amount)
    second = timedelta(seconds=draw(st.sampled_from(world.seconds)))
    more = draw(_MORE[kind]) if kind in _MORE else {}
    named = {"belongs_to": BELONGS_TO.get(object_id), "happened_at": stands.happened_at + second}
    return stands.model_copy(update=more | named)


@st.composite
def histories(draw: st.DrawFn) -> list[GatewayEvent]:
    """Draw up to eight events of one payment."""
    reports = _object_reports(draw(_WORLDS))
    drawn = draw(st.lists(st.lists(reports, min_size=1, max_size=3), min_size=1, max_size=8))
    return [event(f"evt_{n}", *objects) for n, objects in enumerate(drawn)]


def moved(facts: Iterable[LedgerFact]) -> dict[tuple[str, str, str], int]:
    """Sum what each object moved by account and currency; what came and went again is nothing."""
    sums: Counter[tuple[str, str, str]] = Counter()
    for fact in facts:
        for posting in fact.data.postings:
            money, object_id = posting.amount, posting.object_id
            sums[object_id, posting.source, money.currency] -= money.amount_minor
            sums[object_id, posting.destination, money.currency] += money.amount_minor
    return {key: minor for key, minor in sums.items() if minor}
