"""Signing in at the issuer: out to it, back from it, and why somebody isn't let in."""

from aws_lambda_powertools.event_handler import Response

from kassa.console import render
from kassa.console.cookies import ATTEMPT, attempt_cookie, session_cookie
from kassa.console.requests import Request
from kassa.console.sign_in.oidc import attempt_store
from kassa.console.sign_in.oidc.attempt import own_path
from kassa.console.sign_in.oidc.begin_sign_in import begin_sign_in
from kassa.console.sign_in.oidc.finish_sign_in import Returned, finish_sign_in
from kassa.console.sign_in.oidc.issuer import sign_out_url
from kassa.console.sign_in.oidc.read_issuer import read_issuer
from kassa.console.sign_in.oidc.refusals import IssuerUnavailable, SignInRefused
from kassa.console.sign_in.session_store import SESSIONS
from kassa.console.visit import language_for, sign_in_url
from kassa.core.errors import SecretsUnavailable
from kassa.platform import clock
from kassa.platform.settings import settings
from kassa.platform.telemetry import count, logger

KINDS = {  # of a reason: what people are shown; anything else is "token"
    "attempt": "attempt",
    "issuer_refused": "issuer",
    "code_refused": "attempt",
    "no_address": "address",
    "address_unverified": "address",
    "address_taken": "taken",
    "unknown_person": "unknown",
    "disabled_person": "disabled",
    "not_fresh": "not_fresh",
}


def begin(request: Request) -> Response[str]:
    """Send a browser to the issuer."""
    to, is_fresh = own_path(request.query.get("to", "")), request.query.get("fresh") == "yes"
    try:
        begun = begin_sign_in(to, is_fresh)
    except IssuerUnavailable as error:
        return _unavailable(request, error, sign_in_url(to, is_fresh))
    answered = render.redirect_away(begun.url)
    answered.cookies.append(attempt_cookie(begun.secret))
    return answered


def back(request: Request) -> Response[str]:
    """Let somebody in who comes back from the issuer, in the browser that began, once."""
    query, secret = request.query, request.cookies.get(ATTEMPT, "")
    state, now = query.get("state", ""), clock.now()
    attempt = attempt_store.redeem(settings().merchant_id, state, secret, now)
    if attempt is None:
        return _refused(request, "attempt", sign_in_url(""))
    again = sign_in_url(attempt.leads_to, attempt.is_fresh)
    returned = Returned(
        state=state,
        secret=secret,
        code=query.get("code", ""),
        issuer=query.get("iss"),
        error=query.get("error"),
        source_ip=request.source_ip,
    )
    try:
        token = finish_sign_in(attempt, returned)
    except SignInRefused as refused:
        return _refused(request, refused.reason, again)
    except (IssuerUnavailable, SecretsUnavailable) as error:
        return _unavailable(request, error, again)
    if request.session_token:
        SESSIONS.end(settings().merchant_id, request.session_token, now)
    answered = render.redirect(attempt.leads_to)
    answered.cookies.extend([session_cookie(token), attempt_cookie("", max_age=0)])
    return answered


def leaving_url() -> str | None:
    """Return where somebody signs out at the issuer too; none where it has no such page."""
    try:
        issuer = read_issuer()
    except IssuerUnavailable:
        logger.warning("issuer doesn't answer: signed out here alone")
        return None
    home = f"{settings().public_address}/console"
    return sign_out_url(issuer, settings().sign_in_client_id, home)


def _refused(request: Request, reason: str, again: str) -> Response[str]:
    logger.warning("sign-in refused", reason=reason)
    texts = render.texts_in(language_for(request.accepted))
    kind = KINDS.get(reason, "token")
    return render.bare_page("refused.html", texts, 403, kind=kind, reason=reason, again=again)


def _unavailable(request: Request, error: Exception, again: str) -> Response[str]:
    logger.error("issuer unavailable", reason=str(error))
    count("SignInUnavailable")
    texts = render.texts_in(language_for(request.accepted))
    return render.bare_page(
        "refused.html", texts, 503, kind="unavailable", reason="issuer_unavailable", again=again
    )
