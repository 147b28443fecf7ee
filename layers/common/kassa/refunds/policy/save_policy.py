"""Save a refund policy as the merchant's next version; no version is ever changed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from kassa.audit.trail import Actor
from kassa.core import stored
from kassa.core.callers import Caller, require_fresh
from kassa.core.errors import Conflict, InvalidRequest
from kassa.core.model import Model
from kassa.platform import clock
from kassa.platform.clock import TimeLeft
from kassa.platform.optimistic import retry_on_conflict
from kassa.platform.telemetry import logger
from kassa.refunds.policy.check_policy import Author, check_policy
from kassa.refunds.policy.checks import Finding, is_late
from kassa.refunds.policy.model import RefundPolicy
from kassa.refunds.policy.store import Policies

RESERVE_S = 1.0  # kept back for answering
_STAMPS = {"version", "effective_from", "saved_at", "saved_by"}  # by the policy's own fields


class SavedPolicy(Model):
    """The version that says what was sent, and what there is to say about it."""

    is_new: bool  # no: the newest version said the same already, and nothing was written
    policy: RefundPolicy
    replaces: tuple[int, ...] = ()  # versions planned for later, which now never come to rule
    findings: tuple[Finding, ...] = ()


class Saving(NamedTuple):
    """Who saves a policy, and who wrote it, where that is somebody else."""

    caller: Caller
    author: Author
    written_by: str | None = None

    @property
    def reason(self) -> str | None:
        """Return what the audit trail says of it."""
        is_others = self.written_by not in (None, self.caller.actor_id)
        return f"written by {self.written_by}" if is_others else None


def save_policy(
    document: Mapping[str, Any],
    caller: Caller,
    policies: Policies,
    time_left_s: TimeLeft,
    written_by: str | None = None,
) -> SavedPolicy:
    """Save what a person wrote, to rule from its date on, or from now on if it names none.

    `written_by` is who wrote it, where that isn't who saves it. Raises InvalidRequest where it
    can't be read or begins in the past, PolicyRefused where the check finds errors, SignInTooOld
    by an old sign-in, and Conflict where the policy so far asks for a second person.
    """
    author = Author(caller.actor_id, clock.now())  # once: a lost race makes no date lie in the past
    require_fresh(caller, author.now)
    saved = retry_on_conflict(
        lambda: _saved(document, Saving(caller, author, written_by), policies),
        time_left_s,
        RESERVE_S,
    )
    logger.info("policy saved", version=saved.policy.version, is_new=saved.is_new)
    return saved


def needs_another(listed: Sequence[RefundPolicy], now: datetime) -> bool:
    """Tell whether a version that rules, or is to, says that two people change it."""
    ahead = [one for one in listed if one.effective_from > now]
    ruling = next((one for one in listed if one.effective_from <= now), None)
    return any(one.second_person_to_save for one in [*ahead, *([ruling] if ruling else [])])


def _require_another(saving: Saving, listed: Sequence[RefundPolicy]) -> None:
    caller, writer = saving.caller, saving.written_by or saving.caller.actor_id
    if caller.is_sole or writer != caller.actor_id or not needs_another(listed, saving.author.now):
        return
    raise Conflict(
        "the policy so far asks for a second person (second_person_to_save): write it in the"
        " console, and let somebody else who writes policies save it there"
    )


def _saved(document: Mapping[str, Any], saving: Saving, policies: Policies) -> SavedPolicy:
    author, now, listed = saving.author, saving.author.now, policies.listed()
    version = listed[0].version + 1 if listed else 1
    checked = check_policy(document, version, author)
    policy = checked.without_errors()
    if listed and _is_the_same(policy, listed[0], "effective_from" in document, now):
        return SavedPolicy(is_new=False, policy=listed[0], findings=checked.findings)
    if is_late(policy, now):
        raise InvalidRequest(
            f"effective_from: {policy.effective_from:%Y-%m-%dT%H:%M:%SZ} is over: decisions made"
            " since then stand. Name a later time, or leave it out to begin now"
        )
    _require_another(saving, listed)
    policies.save(policy, Actor.of(saving.caller), saving.reason)
    ahead = [old for old in listed if now < old.effective_from >= policy.effective_from]
    replaces = tuple(old.version for old in ahead)
    return SavedPolicy(is_new=True, policy=policy, replaces=replaces, findings=checked.findings)


def _is_the_same(policy: RefundPolicy, newest: RefundPolicy, is_dated: bool, now: datetime) -> bool:
    """Say whether saving would only repeat the newest version, as a repeated request does."""
    if stored.has_unknown(newest):
        return False
    if policy.model_dump(exclude=_STAMPS) != newest.model_dump(exclude=_STAMPS):
        return False
    if is_dated:
        return policy.effective_from == newest.effective_from
    return newest.effective_from <= now
