"""What a fake carrier does with a message, by whom it is for: the names of SES' mailbox simulator.

`bounce@simulator.amazonses.com` and its like report as SES' own simulator does; `throttle`, `lost`,
`slow`, `reject` and `paused` do what the simulator can't. Every other address just gets its mail.
A phone number that ends in 0001 is invalid, 0002 unreachable, 0003 lost, 0004 throttled.
"""

from enum import StrEnum
from typing import NamedTuple

SIMULATOR = "simulator.amazonses.com"


class Way(StrEnum):
    """How a request is answered."""

    TAKEN = "taken"
    LOST = "lost"  # it is taken, and its answer never comes
    SLOW = "slow"


class Behaviour(NamedTuple):
    """What becomes of a message."""

    way: Way = Way.TAKEN
    refusal: tuple[int, str] | None = None  # HTTP status and error code; then nothing is taken
    reports: tuple[str, ...] = ("Send", "Delivery")  # SES' event types, in their order


_MAILS = {
    "success": Behaviour(),
    "bounce": Behaviour(reports=("Send", "Bounce:Permanent:General:5.1.1")),
    "suppressionlist": Behaviour(
        reports=("Send", "Bounce:Permanent:OnAccountSuppressionList:5.1.1")
    ),
    "ooto": Behaviour(reports=("Send", "Delivery", "Bounce:Transient:General:4.0.0")),
    "full": Behaviour(reports=("Send", "Bounce:Transient:MailboxFull:5.2.2")),
    "complaint": Behaviour(reports=("Send", "Delivery", "Complaint")),
    "early": Behaviour(reports=("Delivery", "Send")),  # in the wrong order
    "lost": Behaviour(Way.LOST),
    "slow": Behaviour(Way.SLOW),
    "throttle": Behaviour(refusal=(429, "TooManyRequestsException")),
    "reject": Behaviour(refusal=(400, "MessageRejected")),
    "paused": Behaviour(refusal=(400, "SendingPausedException")),
}
_TEXTS = {
    "0001": Behaviour(reports=("TEXT_INVALID",)),
    "0002": Behaviour(reports=("TEXT_UNREACHABLE",)),
    "0003": Behaviour(Way.LOST, reports=("TEXT_SUCCESSFUL",)),
    "0004": Behaviour(refusal=(400, "ThrottlingException")),
}
_TEXT = Behaviour(reports=("TEXT_SUCCESSFUL",))


def of_mail(address: str) -> Behaviour:
    """Return what becomes of a mail to an address."""
    local, _, domain = address.casefold().rpartition("@")
    if domain != SIMULATOR:
        return Behaviour()
    return _MAILS.get(local.partition("+")[0], Behaviour())


def of_text(number: str) -> Behaviour:
    """Return what becomes of a text to a phone number."""
    return _TEXTS.get(number[-4:], _TEXT)
