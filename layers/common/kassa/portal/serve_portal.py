"""The routes by which customers sign in: ask for a code, redeem it, ask whose a session is, leave.

They take no API key. A code is redeemed by POST alone: programs that look through mail follow what
they find by GET.
"""

from datetime import timedelta
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.api_gateway import Router
from pydantic import Field, StringConstraints

from kassa.core.model import Instant, Model
from kassa.customers.parties import LanguageTag
from kassa.customers.sign_in_code import ID_DIGITS, VALID_FOR
from kassa.http_api.api import OK, problem
from kassa.http_api.errors import Refusal, Refused
from kassa.http_api.requests import headers_of
from kassa.http_api.session import IDLE_MAX
from kassa.platform import clock
from kassa.platform.settings import settings
from kassa.portal import limits_store
from kassa.portal.check_session import SignedInCustomer, check_session
from kassa.portal.issue_code import CodeRequest, issue_code
from kassa.portal.redeem_code import CodeTry, No, redeem_code
from kassa.portal.session_store import SESSIONS

routes = Router()  # type: ignore[no-untyped-call]

ADDRESS_MAX = 254  # RFC 5321, less the brackets
Address = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, max_length=ADDRESS_MAX, pattern=r"^[^\s@]{1,64}@[^\s@]{1,255}$"
    ),
]
CodeId = Annotated[str, Field(pattern=rf"^[0-9a-f]{{{ID_DIGITS}}}$")]
SENT: Any = {202: {"description": "If the address is a customer's, a code is on its way there."}}
BEGUN: Any = {201: {"description": "Signed in."}, 401: problem("The code lets nobody in.")}
TOO_MANY: Any = {429: problem("Too many from here; Retry-After says when there is room again.")}
NO_SESSION: Any = {401: problem("There is no such session, or it is over.")}


class SignInCodeBody(Model):
    """Where a code is asked for, and in which language its mail shall be."""

    email: Address
    language: LanguageTag | None = None


class SignInCodeView(Model):
    """By what the code is named when it is redeemed; the same form for every address."""

    code_id: str
    valid_minutes: int


class SessionBody(Model):
    """A code as it was mailed; spaces and hyphens in it don't count."""

    code_id: CodeId
    code: Annotated[str, Field(min_length=1, max_length=40)]


class SessionView(Model):
    """Whose a session is: every customer whom its address reaches."""

    customer_ids: tuple[str, ...]
    ends_at: Instant  # at the latest
    idle_minutes: int  # without a request, after which it is over


class SessionBegun(SessionView):
    """A session that began."""

    session_token: str  # sent as Authorization: Bearer; nobody is told it again


class SessionEnded(Model):
    """A session that is over."""

    ended_at: Instant


@routes.post(
    "/portal/sign-in-codes",
    operation_id="requestSignInCode",
    summary="Have a code mailed to sign in with",
    tags=["portal"],
    responses=SENT | TOO_MANY,
)
def post_code(body: SignInCodeBody) -> tuple[SignInCodeView, int]:
    """Answer the same whether or not a customer has the address; a new code replaces the last one.

    429 says that this source asks too often, and nothing of the address.
    """
    code = issue_code(CodeRequest(body.email, body.language, _source_ip()))
    if code is None:
        raise _too_often()
    return SignInCodeView(code_id=code.code_id, valid_minutes=_minutes(VALID_FOR)), 202


@routes.post(
    "/portal/sessions",
    operation_id="beginSession",
    summary="Sign in with a code",
    tags=["portal"],
    responses=BEGUN | TOO_MANY,
)
def post_session(body: SessionBody) -> tuple[SessionBegun, int]:
    """Redeem a code, once. Five tries end it; whatever is wrong with it is answered alike."""
    result = redeem_code(CodeTry(body.code_id, body.code, _source_ip()))
    if result is No.TOO_OFTEN:
        raise _too_often()
    if isinstance(result, No):
        raise Refused(Refusal("invalid_code", "this code lets nobody in: ask for another", "code"))
    whose = tuple(one.customer_id for one in result.session.holders)
    shown = _shown(SignedInCustomer(whose, result.session.ends_at))
    return SessionBegun(session_token=result.token, **dict(shown)), 201


@routes.get(
    "/portal/session",
    operation_id="getSession",
    summary="Whose a session is",
    tags=["portal"],
    responses=OK | NO_SESSION,
)
def get_session() -> SessionView:
    """Answer ids alone; asking counts as being here."""
    whose = check_session(_token())
    if whose is None:
        raise _no_session()
    return _shown(whose)


@routes.delete(
    "/portal/sessions/current",
    operation_id="endSession",
    summary="Sign out",
    tags=["portal"],
    responses=OK | NO_SESSION,
)
def delete_session() -> SessionEnded:
    """End the session of a token; nobody is let in by it any more."""
    now = clock.now()
    if not SESSIONS.end(settings().merchant_id, _token(), now):
        raise _no_session()
    return SessionEnded(ended_at=now)


def _no_session() -> Refused:
    challenge = {"WWW-Authenticate": 'Bearer realm="kassa"'}
    text = "the session is over, or there is none: sign in"
    return Refused(Refusal("no_session", text, "Authorization", headers=challenge))


def _shown(whose: SignedInCustomer) -> SessionView:
    return SessionView(
        customer_ids=whose.customer_ids, ends_at=whose.ends_at, idle_minutes=_minutes(IDLE_MAX)
    )


def _token() -> str:
    """Return the token that a request shows; nothing where it shows none."""
    scheme, _, token = (
        headers_of(routes.current_event.raw_event).get("authorization", "").partition(" ")
    )
    return token.strip() if scheme.lower() == "bearer" else ""


def _source_ip() -> str:
    return str(routes.current_event.raw_event["requestContext"]["http"].get("sourceIp", ""))


def _too_often() -> Refused:
    wait = {"Retry-After": str(limits_store.retry_after_s(clock.now()))}
    return Refused(Refusal("rate_limited", "too many from here this hour", headers=wait))


def _minutes(span: timedelta) -> int:
    return span // timedelta(minutes=1)
