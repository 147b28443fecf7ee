"""What a dispute's page shows: why, until when, the evidence, what happened, what may be done."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from kassa.console.pages.disputes import row
from kassa.disputes.answers.answering import Preview
from kassa.disputes.dispute import Change, Dispute, Step
from kassa.gateways.disputes.evidence import EvidenceKind
from kassa.reports.localization import Texts

_QUIET = (Step.OPENED, Step.FILE_ADDED, Step.SUBMITTING)  # whose reason says nothing to people


class DisputeRead(NamedTuple):
    """What was read of a dispute, and when."""

    dispute: Dispute
    evidence: Preview | None  # none where it can't be answered any more
    names: Mapping[str, str]  # of persons, by their ids
    now: datetime
    zone: ZoneInfo


def shown(read: DisputeRead, texts: Texts) -> dict[str, Any]:
    """Return what the page is filled in with."""
    dispute, evidence = read.dispute, read.evidence
    due_by = dispute.evidence_due_by
    return {
        "dispute": row(dispute, texts, read.now) | {"payment_id": dispute.payment_id},
        "meaning": dispute.category.value,
        "code": dispute.reason or "",
        "due_by": _instant(due_by, read, texts) if due_by else "",
        "evidence": [
            {"section": one.section.value, "sentences": one.sentences} for one in evidence.parts
        ]
        if evidence
        else [],
        "problems": evidence.problems if evidence else (),
        "files": [
            {"name": one.name, "kind": one.kind.value, "size": texts.number(one.size)}
            for one in dispute.files
        ],
        "kinds": [one.value for one in EvidenceKind],
        "is_answerable": evidence is not None,
        "history": [_change(one, read, texts) for one in dispute.changes],
    }


def confirming(preview: Preview, form: Mapping[str, str], texts: Texts) -> dict[str, Any]:
    """Return what an answer is shown with once more, before it is submitted for good."""
    return {
        "parts": [{"section": p.section.value, "sentences": p.sentences} for p in preview.parts],
        "files": [
            {"name": one.name, "kind": one.kind.value, "size": texts.number(one.size)}
            for one in preview.files
        ],
        "problems": preview.problems,
        "form": dict(form),
    }


def _change(change: Change, read: DisputeRead, texts: Texts) -> dict[str, Any]:
    return {
        "at": _instant(change.at, read, texts),
        "step": change.step.value,
        "by": read.names.get(change.by) or texts.name("actors", change.by),
        "why": "" if change.step in _QUIET else change.why or "",
    }


def _instant(at: datetime, read: DisputeRead, texts: Texts) -> str:
    return texts.instant(at.astimezone(read.zone))
