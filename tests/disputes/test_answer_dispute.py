"""POST /disputes/…: evidence is submitted once, whatever is lost, repeated or asked at once."""

from datetime import timedelta

import pytest

from infra.fake_gateways.kit.faults import Kind
from kassa.disputes.dispute import AnswerState, Dispute, Standing
from kassa.disputes.store import Disputes
from tests.support.dispute_stage import PDF, DisputeStage
from tests.support.dispute_stage import stage as stage

BODY = {"statement": "The parcel was handed over on 20 November.", "tracking_number": "JD014"}
LATER = timedelta(minutes=10)


def after_a_while(stage: DisputeStage, by: timedelta = LATER) -> Dispute:
    """Let time pass and the clock's function run; return how the dispute stands."""
    stage.stage.clock.at += by
    stage.watch()
    return stage.dispute()


def test_an_answer_is_submitted_once_and_published_once(stage: DisputeStage) -> None:
    assert stage.add_file()[0] == 200

    status, answer = stage.act("answer", BODY)

    assert (status, answer["dispute"]["answer"]) == (200, "submitted")
    assert stage.submissions() == 1
    again = stage.act("answer", BODY)
    assert (again[0], again[1]["dispute"]["answer"]) == (200, "submitted")
    assert stage.submissions() == 1
    stage.watch()
    [fact] = stage.facts("DisputeAnswered")
    assert fact["data"]["by"] == "anna"
    assert fact["data"]["amount"]["amount_minor"] == 100_00
    stage.close("won")
    assert stage.dispute().standing is Standing.WON


def test_a_dispute_shows_its_deadline_its_reason_and_what_would_be_submitted(
    stage: DisputeStage,
) -> None:
    stage.watch()
    shown = stage.shown()

    assert shown["dispute"]["evidence_due_by"] > "2026-11-27"
    assert shown["evidence"]["category"] in ("fraudulent", "not_received")
    sections = [one["section"] for one in shown["evidence"]["parts"]]
    assert "payment" in sections
    assert "order" in sections
    [listed] = stage.call("GET /disputes", "")[1]["disputes"]
    assert listed["dispute_id"] == stage.dispute_id


def test_a_lost_request_is_unknown_and_may_be_sent_again_once_the_gateway_has_none(
    stage: DisputeStage,
) -> None:
    stage.add_file()
    stage.lose(Kind.LOST_REQUEST)

    status, answer = stage.act("answer", BODY)

    assert (status, answer["dispute"]["answer"]) == (200, "unknown")
    stage.lose_nothing()
    assert stage.act("answer", {"statement": "another"})[0] == 409
    if stage.gateway == "adyen":  # it shows no answers: nobody sends a second by itself
        assert after_a_while(stage).answer is AnswerState.UNKNOWN
        return
    assert after_a_while(stage).answer is AnswerState.NONE
    assert stage.submissions() == 0
    assert stage.act("answer", BODY)[1]["dispute"]["answer"] == "submitted"
    assert stage.submissions() == 1


def test_a_lost_answer_is_unknown_and_found_out_without_sending_again(
    stage: DisputeStage,
) -> None:
    stage.add_file()
    stage.lose(Kind.LOST_RESPONSE)

    assert stage.act("answer", BODY)[1]["dispute"]["answer"] == "unknown"
    stage.lose_nothing()
    assert stage.act("answer", BODY)[1]["dispute"]["answer"] == "unknown"
    found = after_a_while(stage)

    shows = stage.gateway != "adyen"
    assert found.answer is (AnswerState.SUBMITTED if shows else AnswerState.UNKNOWN)
    assert stage.submissions() == 1
    assert len(stage.facts("DisputeAnswered")) == int(shows)


def test_of_two_people_at_once_one_submits_and_the_other_learns_who_did(
    stage: DisputeStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.add_file()
    keep, others = Disputes.keep_acted, list[int]()

    def overtaken(self: Disputes, after: Dispute, before: Dispute, act: object) -> Dispute:
        monkeypatch.setattr(Disputes, "keep_acted", keep)
        others.append(stage.act("answer", {"statement": "bert's"}, "bert")[0])
        return keep(self, after, before, act)  # type: ignore[arg-type]

    monkeypatch.setattr(Disputes, "keep_acted", overtaken)

    status, answer = stage.act("answer", BODY, "anna")

    assert (others, status) == ([200], 409)
    assert "bert" in answer["message"]
    assert stage.submissions() == 1


def test_an_act_that_crashed_before_it_was_noted_submitted_nothing(
    stage: DisputeStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.add_file()
    monkeypatch.setattr(Disputes, "keep_acted", _crash)
    assert stage.act("answer", BODY)[0] == 500
    monkeypatch.undo()
    assert stage.submissions() == 0


def _crash(*_: object) -> None:
    raise RuntimeError("crashed")


def test_an_answer_whose_outcome_wasnt_written_is_found_out(
    stage: DisputeStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.add_file()
    with monkeypatch.context() as patch:
        patch.setattr(Disputes, "keep", _crash)
        assert stage.act("answer", BODY)[0] == 500
    assert stage.submissions() == 1
    assert stage.dispute().answer is AnswerState.UNKNOWN

    found = after_a_while(stage)

    if stage.gateway != "adyen":
        assert found.answer is AnswerState.SUBMITTED
    assert stage.submissions() == 1


def test_a_dispute_that_the_gateway_closed_meanwhile_is_not_answered(stage: DisputeStage) -> None:
    stage.add_file()
    stage.fake.close_dispute(stage.gateway_id(), "won")  # and nobody heard of it yet

    status, answer = stage.act("answer", BODY)

    assert status == 409
    assert "takes no answer" in answer["message"]
    assert stage.dispute().answer is AnswerState.NONE
    stage.deliver()
    assert stage.act("answer", BODY)[0] == 409


def test_a_dispute_past_its_deadline_is_refused_by_what_its_gateway_says(
    stage: DisputeStage,
) -> None:
    stage.add_file()
    stage.stage.clock.at += timedelta(days=30)

    status, answer = stage.act("answer", BODY)

    assert status == 409, answer
    assert stage.dispute().answer is AnswerState.NONE
    assert stage.submissions() == 0


def test_a_dispute_is_given_up_once(stage: DisputeStage) -> None:
    status, answer = stage.act("accept")
    assert (status, answer["dispute"]["answer"]) == (200, "accepted")
    assert stage.act("accept")[1]["dispute"]["answer"] == "accepted"
    assert stage.act("answer", BODY)[0] == 409
    stage.deliver()
    stage.watch()
    assert stage.dispute().standing is Standing.LOST
    assert len(stage.facts("DisputeAccepted")) == 1


def test_a_gateway_that_is_silent_before_anything_was_sent_leaves_it_to_be_answered(
    stage: DisputeStage,
) -> None:
    stage.add_file()
    stage.silence()

    assert stage.act("answer", BODY)[0] == 503
    assert stage.dispute().answer is AnswerState.NONE


def test_files_are_held_to_what_the_gateway_takes(stage: DisputeStage) -> None:
    assert stage.add_file(b"no such type")[0] == 400
    tiff = b"II*\x00" + b"\0" * 10
    assert stage.add_file(tiff)[0] == (200 if stage.gateway == "adyen" else 400)
    assert stage.add_file(b"\x89PNG\r\n\x1a\n")[0] == (400 if stage.gateway == "adyen" else 200)
    large = b"%PDF-1.4" + b"\0" * 3_000_000
    status, answer = stage.add_file(large)
    assert status == (400 if stage.gateway == "adyen" else 200), answer


def test_the_same_file_is_kept_once(stage: DisputeStage) -> None:
    stage.add_file()
    stage.add_file()
    assert len(stage.dispute().files) == 1
    [kept] = stage.dispute().files
    assert kept.size == len(PDF)
