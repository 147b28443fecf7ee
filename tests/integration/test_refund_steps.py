"""The refund operations, step by step, where a gateway is silent, refuses, forgets or is late."""

from datetime import timedelta
from typing import Any

import pytest

from infra.twins.faults import Lost
from kassa.domain.refund_cases import RefundCase
from kassa.domain.refund_life import RequestState, Why
from kassa.domain.refund_verdicts import Action, DecisionWords, Verdict
from kassa.domain.rejections import RejectionReason
from kassa.operations.decide_refund import decide_refund
from tests.refund_scene import RefundScene, time_left
from tests.refund_scene import scene as scene

HOURS_20 = timedelta(hours=20)


def silence(scene: RefundScene) -> list[str]:
    """Let the gateway lose what it is asked; return what it was asked."""
    heard: list[str] = []

    def lost(method: str, asked: str) -> None:
        heard.append(f"{method} {asked}")
        raise Lost

    scene.http.before = lost
    return heard


def hear_again(scene: RefundScene) -> None:
    scene.http.before = lambda *_: None


def verdict(scene: RefundScene, case: RefundCase, action: Action, **words: Any) -> None:
    said = Verdict(action, "anna", DecisionWords(**words))
    decide_refund(case.request.refund_request_id, said, scene.requests, time_left())


def unknown(scene: RefundScene) -> RefundCase:
    """Return a request whose outcome was given up as unknown."""
    case = scene.ask(scene.pay(), 60_00)
    silence(scene)
    scene.work()
    hear_again(scene)
    scene.pass_by(hours=21)
    assert scene.life(case).state is RequestState.ESCALATED
    assert scene.life(case).changes[-1].why == Why.UNKNOWN
    return case


def test_a_silent_gateway_is_asked_once_a_ring_for_what_a_person_approved_again(
    scene: RefundScene,
) -> None:
    case = unknown(scene)
    verdict(scene, case, Action.APPROVE)
    scene.clock.at += timedelta(minutes=6)
    heard = silence(scene)
    scene.wake()

    assert heard == ["GET /v1/refunds"]
    assert scene.life(case).state is RequestState.APPROVED


def test_a_silent_gateway_is_asked_once_a_ring_for_what_was_rejected(scene: RefundScene) -> None:
    case = unknown(scene)
    verdict(scene, case, Action.REJECT, reason=RejectionReason.TOO_LATE)
    heard = silence(scene)
    scene.work()

    assert heard == ["GET /v1/refunds"]
    assert scene.life(case).state is RequestState.REJECTED
