"""What a carrier's refusal, or its silence, means for a message: by its code, never by its words.

A refusal is sure: nothing left. It is tried again where that may help, and for three days at most.
After a silence, or a failure on the carrier's side, nobody knows; a repeat might be a second mail.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from kassa.deliveries.delivery import Delivery, Outcome, Reason, Status

GIVEN_UP_AFTER = timedelta(days=3)
_SOONEST, _LATEST = timedelta(minutes=1), timedelta(hours=1)

BUSY = {  # it takes no more just now, or today
    *("TooManyRequestsException", "ThrottlingException", "Throttling", "RequestThrottled"),
    *("LimitExceededException", "RequestLimitExceeded", "ThrottledException"),
}
CLOSED = {  # it takes nothing at all until a person has seen to it
    # how the account stands with it
    *("AccountSuspendedException", "SendingPausedException", "AccountSendingPausedException"),
    *("ServiceQuotaExceededException", "ConflictException"),
    # what it was told of the sender, and of the configuration set
    *("MailFromDomainNotVerifiedException", "ConfigurationSetDoesNotExistException"),
    *("NotFoundException", "ResourceNotFoundException"),
    # who asks, and what they may do
    *("AccessDeniedException", "AccessDenied", "UnrecognizedClientException"),
    *("InvalidClientTokenId", "ExpiredTokenException", "InvalidSignatureException"),
    *("SignatureDoesNotMatch",),
}
_FAULT = 500  # from this status on it failed on its own side


class Answer(StrEnum):
    """What a carrier said, where it didn't take a message."""

    BUSY = "busy"
    CLOSED = "closed"
    REFUSED = "refused"  # this very message
    UNREACHED = "unreached"  # no connection came about
    NONE = "none"


def answer_of(code: str, http_status: int) -> Answer:
    """Return what an error code of AWS means, with the status that it came by."""
    if code in BUSY:
        return Answer.BUSY
    if http_status >= _FAULT or not http_status:
        return Answer.NONE
    return Answer.CLOSED if code in CLOSED else Answer.REFUSED


def outcome_of(answer: Answer, code: str, attempt: Delivery, now: datetime) -> Outcome:
    """Return what becomes of a message that wasn't taken; `code` is the carrier's own word."""
    if answer is Answer.NONE:
        return Outcome(Status.UNKNOWN, Reason.NO_ANSWER)
    age = now - attempt.created_at
    if answer is Answer.REFUSED or age >= GIVEN_UP_AFTER:
        return Outcome(Status.FAILED, code or Reason.REFUSED)
    wait = _LATEST if answer is Answer.CLOSED else min(max(age / 2, _SOONEST), _LATEST)
    reason = Reason.BUSY if answer is not Answer.CLOSED else code
    return Outcome(Status.WAITING, reason, next_attempt_at=now + wait)
