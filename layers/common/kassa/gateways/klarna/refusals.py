"""What a refusal of Klarna's API is: its code or its status, looked up in the table."""

from kassa.core.errors import GatewayRefused, GatewayUnavailable
from kassa.gateways.declines import DeclineScope, known
from kassa.gateways.http import HttpAnswer
from kassa.gateways.klarna.declines import DECLINES

# The request conflicts with another that is still on its way: nobody knows what that one does.
_UNKNOWN = (408, 409)


def reason(code: str | None, status: int) -> str:
    """Return why, and Klarna's own code where we have no word for it."""
    if status == 401 or not code:
        return _word(f"http:{status}") or f"status_{status}"
    return _word(code) or code.lower()


def _word(code: str) -> str | None:
    listed = known(DECLINES, code, DeclineScope.ANYTHING)
    return listed.word if listed else None


def refuse(answer: HttpAnswer, opens_page: bool = False) -> GatewayRefused:
    """Return the error for an answer that says no; raise where it leaves things unknown.

    A page that Klarna refused to open can't be paid, so that another gateway may do.
    """
    if answer.status in _UNKNOWN or not 400 <= answer.status < 500:
        raise GatewayUnavailable(f"klarna: status {answer.status}")
    try:
        code = answer.json().get("error_code")
    except GatewayUnavailable:  # a known no needs no words
        code = None
    said = reason(code if isinstance(code, str) else None, answer.status)
    return GatewayRefused(said, is_retryable=opens_page)
