"""A carrier of mails, as SES is: takes one or refuses it, and reports on it afterwards.

Reports come twice, late and in any order, as EventBridge brings them; a carrier that took a mail
always says so in the end.
"""

import itertools
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from tests.simulation.aws import errors as aws_errors
from tests.simulation.engine.schedule import Schedule

Report = Callable[[dict[str, Any]], None]
_LATEST_S = 900.0


class Mailer:
    """A boto3-shaped SES v2 client."""

    exceptions = aws_errors.SES

    def __init__(
        self, schedule: Schedule, report: Report, may_leave: Callable[[str], bool]
    ) -> None:
        """Begin with nothing; `may_leave` tells whether a delivery's attempt was written before."""
        source = schedule.source
        self.taken: Counter[str] = Counter()  # by delivery
        self.refused: set[str] = set()
        self.mails: list[tuple[datetime, bytes]] = []  # all that were taken, with when
        self._schedule, self._report, self._may_leave = schedule, report, may_leave
        self._ids = itertools.count(1)
        self._throttles = source.choice((0.0, 0.0, 0.3))
        self._refuses = source.choice((0.0, 0.0, 0.2))
        self._bounces = source.choice((0.0, 0.3))
        self._complains = source.choice((0.0, 0.3))

    def send_email(self, **request: Any) -> dict[str, Any]:
        """Take a mail, or refuse it."""
        tags = {tag["Name"]: tag["Value"] for tag in request["EmailTags"]}
        delivery_id, source = tags["delivery_id"], self._schedule.source
        if not self._may_leave(delivery_id):
            self._schedule.findings.append(f"{delivery_id} left before its attempt was written")
        if source.random() < self._throttles:
            raise aws_errors.refusal("TooManyRequestsException", "", "SendEmail", status=429)
        if source.random() < self._refuses:
            self.refused.add(delivery_id)
            self._schedule.seen["a mail was refused"] += 1
            raise aws_errors.refusal("MessageRejected", "", "SendEmail", status=400)
        self.taken[delivery_id] += 1
        content = request["Content"]["Raw"]["Data"]
        self.mails.append((self._schedule.now(), content))
        mail = {
            "messageId": f"mail-{next(self._ids)}",
            "timestamp": _spelled(self._schedule),
            "tags": {name: [value] for name, value in tags.items()},
            "destination": request["Destination"]["ToAddresses"],
        }
        for kind in self._fate():
            for _ in range(1 + (source.random() < 0.3)):
                event = partial(self._tell, kind, mail)
                self._schedule.at(source.uniform(0.0, _LATEST_S), event)
        return {"MessageId": mail["messageId"]}

    def _fate(self) -> list[str]:
        source = self._schedule.source
        if source.random() < self._bounces:
            return ["Send", "Bounce"]
        return ["Send", "Delivery", *(["Complaint"] if source.random() < self._complains else [])]

    def _tell(self, kind: str, mail: dict[str, Any]) -> None:
        at, to = _spelled(self._schedule), mail["destination"]
        said: dict[str, Any] = {"eventType": kind, "mail": mail}
        if kind == "Bounce":
            said["bounce"] = {
                "bounceType": "Permanent",
                "bounceSubType": "General",
                "bouncedRecipients": [{"emailAddress": one} for one in to],
                "timestamp": at,
            }
        elif kind == "Complaint":
            said["complaint"] = {
                "complainedRecipients": [{"emailAddress": one} for one in to],
                "complaintFeedbackType": "abuse",
                "timestamp": at,
            }
        elif kind == "Delivery":
            said["delivery"] = {"timestamp": at, "recipients": to}
        self._schedule.seen[f"a mail's {kind.lower()} was reported"] += 1
        self._report({"source": "aws.ses", "detail-type": f"Email {kind}", "detail": said})


def _spelled(schedule: Schedule) -> str:
    return schedule.now().strftime("%Y-%m-%dT%H:%M:%S.000Z")
