"""Try a policy on past refund requests over the API, as far back as one answer's time allows."""

from typing import Any

from pydantic import Field

from kassa.core.callers import Caller
from kassa.core.model import Model
from kassa.platform import clock
from kassa.platform.clock import TimeLeft
from kassa.platform.telemetry import logger
from kassa.refunds.backtest.replay_requests import last_days, replay_requests
from kassa.refunds.backtest.result import Backtest
from kassa.refunds.policy.check_policy import Author, check_policy
from kassa.refunds.policy.checks import Finding

DAYS_MAX = 400  # as long as the archive keeps facts


class PolicyTrial(Model):
    """A policy as a finance person writes it, and how many days back it is to be tried."""

    policy: dict[str, Any]
    last_days: int = Field(default=90, ge=1, le=DAYS_MAX, strict=True)


class TriedPolicy(Model):
    """What the policy would have changed, and what there is to say about it."""

    summary: str
    run: Backtest
    findings: tuple[Finding, ...]


def try_policy(trial: PolicyTrial, caller: Caller, time_left_s: TimeLeft) -> TriedPolicy:
    """Try a policy without errors on the last days, newest first, while there is time."""
    checked = check_policy(trial.policy, 0, Author(caller.actor_id, clock.now()))
    policy, days = checked.without_errors(), last_days(trial.last_days)
    run = replay_requests(policy, days, time_left_s=time_left_s)
    logger.info("policy tried", requests=run.requests, first_day=run.first_day, flips=run.flips)
    return TriedPolicy(summary=_summary(run, trial.last_days), run=run, findings=checked.findings)


def _summary(run: Backtest, days: int) -> str:
    if run.is_complete:
        return f"all {days} days were replayed: {run.requests} requests"
    replayed = f"only the days from {run.first_day} were replayed: {run.requests} requests"
    return (
        f"{replayed}. The history of {days} days is longer than one answer may take;"
        f" 'kassa policy try FILE --last {days}d' replays all of it"
    )
