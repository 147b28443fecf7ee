"""Many people at once: everybody gets their turn, and the trail has no branches."""

from collections import Counter

import pytest

from kassa.audit import store as audit_trail
from kassa.audit.checks import Walk
from kassa.audit.trail import GENESIS, AuditItem
from kassa.refunds.lifecycle.lifecycle import RequestState
from tests.support.refund_races import race

PEOPLE = 30


@pytest.mark.parametrize("seed", range(3))
def test_thirty_people_who_act_at_once_all_get_their_turn(seed: int) -> None:
    with race(seed) as run:
        run.scene.save_policy(rules=[], otherwise="escalate", undo_minutes=0)
        cases = [run.scene.request_refund(run.scene.pay(), 60_00) for _ in range(PEOPLE)]
        ids = [case.request.refund_request_id for case in cases]
        run.at_once(*(run.approve(one, f"person{n}") for n, one in enumerate(ids)))

        head = audit_trail.head()
        assert head is not None
        items = list(audit_trail.items(head.day))
        walk = Walk(GENESIS, {})
        walk.end(head, walk.day(head.day, items))
        items_written = [AuditItem.model_validate_json(item.content) for item in items]

        assert run.answers == Counter(answered=PEOPLE)
        assert {run.scene.lifecycle(case).state for case in cases} == {RequestState.APPROVED}
        assert walk.broken is None
        approved = [one.object_id for one in items_written if one.operation == "refund.approve"]
        assert sorted(approved) == sorted(f"refund_request/{one}" for one in ids)
