"""A proof for small worlds: whatever of it is reported, every order ends in one state of the books.

From every state that any reports lead to, two reports booked in either order lead to one state,
and a report booked twice changes nothing. So no order and no repetition of any number of them
matters. And every booking posts what its state says it posted, so the postings add up alike too.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from itertools import combinations, product
from typing import Any

import pytest

from kassa.core.postings import Account
from kassa.gateways.events import GatewayEvent, ObjectKind, ObjectReport
from kassa.gateways.states import RANKS
from kassa.ledger.booking import book
from kassa.ledger.facts import LedgerFact
from kassa.ledger.state import SubjectState
from tests.support.builders import CONTEXT, NOW, eur, event, object_report
from tests.support.histories import BELONGS_TO, OBJECTS, moved

K, A = ObjectKind, Account
FIRST_AT = NOW - timedelta(minutes=1)
OPENED = CONTEXT._replace(opened_at=FIRST_AT + timedelta(seconds=1))  # the second of two instants
SURE: dict[str, Any] = {}
ASSUMED, SETTLED = {"is_assumed": True}, {"is_settled": True}
OTHER_END = {K.REFUND: A.CUSTOMERS, K.DISPUTE_FUNDS: A.CHARGEBACKS}

Books = Counter[tuple[str, str, str]]


def reports(
    object_id: str,
    states: Iterable[str] = (),
    certainties: Iterable[dict[str, Any]] = (SURE,),
    seconds: Iterable[int] = (0,),
    amounts_minor: Iterable[int] = (10_00,),
) -> list[ObjectReport]:
    """Return all that may be reported of an object: in every state, where none is named."""
    kind = OBJECTS[object_id]
    return [
        object_report(object_id, kind, state, eur(minor)).model_copy(
            update={"happened_at": FIRST_AT + timedelta(seconds=second)}
            | {"belongs_to": BELONGS_TO.get(object_id)}
            | certainty
        )
        for state, certainty, second, minor in product(
            states or RANKS[kind], certainties, seconds, amounts_minor
        )
    ]


CAPTURED = reports("ch_1", ["captured"])
EITHER = (SURE, ASSUMED)
WORLDS = {
    "a charge of every certainty, before and since the opening": reports(
        "ch_1", certainties=(SURE, ASSUMED, SETTLED, ASSUMED | SETTLED), seconds=(0, 1)
    ),
    "movements that a dispute names": [
        *CAPTURED,
        *reports("dp_1/taken", certainties=EITHER),
        *reports("dp_1/given", certainties=EITHER),
        *reports("dp_1", ["open", "won"]),
    ],
    "movements that name no dispute": [
        *CAPTURED,
        *reports("dp_1/taken"),
        *reports("dp_2/taken"),
        *reports("pi_1/given", ["reinstated"], [ASSUMED]),
        *reports("pi_1/taken", certainties=[ASSUMED]),
    ],
    "a reversal, a lost dispute's funds, and a refund that may explain them": [
        *CAPTURED,
        *reports("ch_1/funds", ["withdrawn"], EITHER),
        *reports("dp_1/funds", ["withdrawn"], EITHER),
        *reports("re_1", ["pending", "succeeded", "failed"]),
    ],
}
LARGER = {
    "a charge of two amounts": reports(
        "ch_1", certainties=(SURE, ASSUMED, SETTLED), seconds=(0, 1), amounts_minor=(10_00, 20_00)
    ),
    "two charges": [
        *reports("ch_1", ["failed", "released", "captured", "returned"], EITHER, (0, 1)),
        *reports("ch_2", ["authorized", "released", "captured"], EITHER),
    ],
    "three movements that a dispute names": [
        *CAPTURED,
        *reports("dp_1/taken", certainties=EITHER),
        *reports("dp_1/given", certainties=EITHER),
        *reports("dp_1/funds", certainties=EITHER),
    ],
    "movements of two amounts": [
        *CAPTURED,
        *reports("dp_1/taken", certainties=EITHER, amounts_minor=(10_00, 20_00)),
        *reports("dp_1/given", ["reinstated"], EITHER, amounts_minor=(10_00, 20_00)),
    ],
    "movements with and without a name, and a reversal": [
        *CAPTURED,
        *reports("dp_1/taken", certainties=EITHER),
        *reports("pi_1/given", certainties=[ASSUMED]),
        *reports("pi_1/taken", certainties=[ASSUMED]),
        *reports("ch_1/funds", certainties=EITHER),
    ],
    "a question of a bank's, a ruling, and what follows from it": [
        *CAPTURED,
        *reports("dp_1", ["inquiry", "open", "lost", "won"], EITHER),
        *reports("dp_1/funds", ["withdrawn"], [ASSUMED]),
        *reports("dp_1/taken"),
        *reports("re_1", ["succeeded", "failed"]),
    ],
    "two refunds beside a dispute and what it took": [
        *CAPTURED,
        *reports("re_1", amounts_minor=(10_00, 20_00)),
        *reports("re_2", ["succeeded", "failed"]),
        *reports("dp_1/funds", certainties=EITHER),
        *reports("dp_1", ["open", "lost"]),
    ],
}


@pytest.mark.parametrize(
    "world", [*WORLDS, *(pytest.param(name, marks=pytest.mark.slow) for name in LARGER)]
)
def test_every_order_and_every_repetition_ends_in_one_state_and_its_postings(world: str) -> None:
    reported = (WORLDS | LARGER)[world]
    events = [event(f"evt_{number}", one) for number, one in enumerate(reported)]

    leads_to = explored(events)

    for after in leads_to:
        for one, other in combinations(range(len(events)), 2):
            assert leads_to[after[one]][other] == leads_to[after[other]][one], (one, other)
        assert [leads_to[after[one]][one] for one in range(len(events))] == after


def explored(events: list[GatewayEvent]) -> list[list[int]]:
    """Return, for each state that the events lead to, to which state each of them leads next."""
    states = [SubjectState()]
    known, leads_to = {stands(states[0]): 0}, list[list[int]]()
    while len(leads_to) < len(states):
        before, nexts = states[len(leads_to)], []
        for one in events:
            after, facts = book(before, one, OPENED)
            assert posted(after) == posted_also(before, facts)
            number = known.setdefault(stands(after), len(states))
            if number == len(states):
                states.append(after)
            nexts.append(number)
        leads_to.append(nexts)
    return leads_to


def stands(state: SubjectState) -> str:
    """Spell a state, its version and the order of its objects aside."""
    objects = dict(sorted(state.objects.items()))
    return state.model_copy(update={"version": 0, "objects": objects}).model_dump_json()


def posted(state: SubjectState) -> Books:
    """Return what a state says is posted, by object, account and currency."""
    books: Books = Counter()
    for object_id, known in state.objects.items():
        net_minor = known.posted_minor - known.returned_minor
        ends = {A.GATEWAY_CLEARING: -net_minor}
        if known.kind is K.CHARGE:
            since_minor = net_minor - known.opening_minor
            ends = {A.CUSTOMERS: -net_minor, A.GATEWAY_CLEARING: since_minor}
            ends[A.OPENING_BALANCE] = known.opening_minor
        elif known.kind in OTHER_END:
            ends[OTHER_END[known.kind]] = net_minor
        books.update({(object_id, end, known.currency): minor for end, minor in ends.items()})
    return Counter({at: minor for at, minor in books.items() if minor})


def posted_also(before: SubjectState, facts: Iterable[LedgerFact]) -> Books:
    """Return what was posted before, and what these facts post."""
    books = posted(before)
    books.update(moved(facts))
    return Counter({at: minor for at, minor in books.items() if minor})
