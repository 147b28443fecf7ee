"""SES v2 and End User Messaging as far as Kassa calls them: SendEmail and SendTextMessage.

Requests and answers have the form of botocore's service models; the tests hold them to those.
"""

import base64
import json
import threading
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from uuid import uuid4

from infra.fake_carriers import behaviour, reports
from infra.fake_carriers.behaviour import Behaviour, Way
from infra.fake_carriers.outbox import Outbox

MAILS, TEXTS = "/v2/email/outbound-emails", "PinpointSMSVoiceV2.SendTextMessage"
Tell = Callable[[dict[str, Any]], None]  # puts an event where EventBridge would


class Answer(NamedTuple):
    """What is answered, and how."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str] = {}
    way: Way = Way.TAKEN


class Carriers:
    """Takes messages, keeps them in an outbox, and reports what became of each."""

    def __init__(self, outbox: Outbox) -> None:
        """Report to nobody yet: what is reported before somebody listens is kept for them."""
        self._outbox = outbox
        self._unheard: list[dict[str, Any]] = []
        self._tell: Tell | None = None
        self._lock = threading.Lock()

    def listen(self, tell: Tell) -> None:
        """Tell somebody every report from now on, and those that nobody heard."""
        with self._lock:
            self._tell, unheard, self._unheard = tell, self._unheard, []
        for event in unheard:
            tell(event)

    def send_email(self, body: bytes) -> Answer:
        """Take a mail."""
        request = json.loads(body)
        [to] = request["Destination"]["ToAddresses"]
        does, message_id = behaviour.of_mail(to), f"0102{uuid4().hex}-000000"
        if does.refusal:
            return _refused(does)
        with self._lock:
            self._outbox.add_mail(to, base64.b64decode(request["Content"]["Raw"]["Data"]))
        self._report(reports.of_mail, does, request, message_id)
        return Answer(200, {"MessageId": message_id}, way=does.way)

    def send_text_message(self, body: bytes) -> Answer:
        """Take a text."""
        request = json.loads(body)
        to = str(request["DestinationPhoneNumber"])
        does, message_id = behaviour.of_text(to), str(uuid4())
        if does.refusal:
            return _refused(does)
        with self._lock:
            self._outbox.add_text(to, str(request["MessageBody"]))
        self._report(reports.of_text, does, request, message_id)
        return Answer(200, {"MessageId": message_id}, way=does.way)

    def _report(
        self,
        event_of: Callable[[str, Mapping[str, Any], str], dict[str, Any]],
        does: Behaviour,
        request: Mapping[str, Any],
        message_id: str,
    ) -> None:
        for kind in does.reports:
            event = event_of(kind, request, message_id)
            with self._lock:
                tell = self._tell
                if tell is None:
                    self._unheard.append(event)
            if tell is not None:
                tell(event)


def _refused(does: Behaviour) -> Answer:
    assert does.refusal is not None, "only what refuses comes here"
    status, code = does.refusal
    body = {"__type": code, "message": "the fake carrier was told to say so"}
    return Answer(status, body, {"x-amzn-ErrorType": code})
