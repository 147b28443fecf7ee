"""What a refund's submission holds of its payment: an amount, and lines of its order.

And what a person's verdict takes or gives back with it.
"""

from typing import NamedTuple

from kassa.audit.trail import Act
from kassa.refunds.decision.lone_approvals import LoneCount
from kassa.refunds.request.lines import Lines
from kassa.refunds.request.request import request_of


class Hold(NamedTuple):
    """What is held under a submission's id; nothing at all gives back what was held before."""

    submission_id: str
    amount_minor: int = 0
    lines: Lines = {}

    def lines_after(self, held: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
        """Return the lines held on a payment after this, by refund request.

        They stand under the request, not the submission: submitted anew, a refund gives
        back the same lines.
        """
        others = {
            one: lines for one, lines in held.items() if one != request_of(self.submission_id)
        }
        is_kept = self.amount_minor > 0 and self.lines
        return others | ({request_of(self.submission_id): dict(self.lines)} if is_kept else {})


class Taking(NamedTuple):
    """What is written beside a lifecycle; none where that part stays as it is."""

    hold: Hold | None
    lone: LoneCount | None
    act: Act  # for the audit trail
