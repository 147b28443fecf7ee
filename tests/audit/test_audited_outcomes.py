"""Who ends what nobody knows of is in the audit trail; how they know stays beside it."""

from kassa.audit import store as audit_trail
from kassa.audit.trail import AuditItem, noted
from tests.support.order_requests import WHY, attempt_unknown
from tests.support.order_requests import resolve as resolve_attempt
from tests.support.order_scene import OrderScene
from tests.support.order_scene import scene as order_scene
from tests.support.refund_scene import RefundScene
from tests.support.refund_scene import scene as scene
from tests.support.refund_scene_cases import NOTE
from tests.support.refund_scene_cases import outcome_unknown as unknown_refund
from tests.support.refund_scene_cases import resolve as resolve_refund

__all__ = ["order_scene"]


def last() -> AuditItem:
    """Return the newest act, on whichever day the scene is."""
    head = audit_trail.head()
    assert head is not None
    item = audit_trail.last(head.day)
    assert item is not None
    return AuditItem.model_validate_json(item.content)


def test_a_refund_resolved_by_a_person_is_an_act_and_its_note_stays_with_the_request(
    scene: RefundScene,
) -> None:
    case = unknown_refund(scene)
    assert resolve_refund(scene, case, "not_paid")[0] == 200
    act = last()

    assert (act.operation, act.by.key_id) == ("refund.resolve", "anna")
    assert act.object_id == f"refund_request/{case.request.refund_request_id}"
    assert act.reason == f"not_paid {noted(NOTE)}"
    assert NOTE not in act.content()


def test_an_attempt_resolved_by_a_person_is_an_act_and_a_look_at_it_is_none(
    order_scene: OrderScene,
) -> None:
    attempt_unknown(order_scene)
    order_scene.north.is_out = True
    resolve_attempt()
    assert audit_trail.head() is None or last().operation != "attempt.resolve"

    assert resolve_attempt("failed")[0] == 200
    act = last()

    assert (act.operation, act.by.key_id) == ("attempt.resolve", "anna")
    assert act.object_id == "order/order-1/attempts/1"
    assert act.reason == f"failed {noted(WHY)}"
    assert WHY not in act.content()
