"""Signing in by a link, signing out, and the language of a session's pages."""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from kassa.console import render
from kassa.console.cookies import session_cookie
from kassa.console.requests import BY_LINK, Request, source_ip_of
from kassa.console.sign_in.end_session import end_session
from kassa.console.sign_in.link import OPEN
from kassa.console.sign_in.oidc.attempt import own_path
from kassa.console.sign_in.redeem_link import redeem_link
from kassa.console.sign_in.session_store import SESSIONS
from kassa.console.visit import language_for, sign_in_url, visit_of
from kassa.platform import clock
from kassa.platform.settings import settings
from kassa.reports.localization import LANGUAGES

routes = Router()  # type: ignore[no-untyped-call]


def open_link(request: Request) -> Response[str]:
    """Show the page of a link, which asks nothing of the table; a POST redeems it."""
    texts = render.texts_in(language_for(request.accepted))
    if request.method != "POST":
        return render.bare_page("open.html", texts, 200)
    token = _redeemed(request) if request.is_ours else None
    if token is None:
        return render.bare_page("closed.html", texts, 401, why="link", sign_in="")
    if request.session_token:
        SESSIONS.end(settings().merchant_id, request.session_token, clock.now())
    answered = render.redirect("/console")
    answered.cookies.append(session_cookie(token))
    return answered


def _redeemed(request: Request) -> str | None:
    return redeem_link(request.path.removeprefix(OPEN), request.source_ip)


@routes.post("/console/language")
def post_language() -> Response[str]:
    """Let the pages of this session be in another language."""
    visit = visit_of(routes)
    chosen = visit.form.get("language", "")
    if chosen in LANGUAGES:
        merchant_id = settings().merchant_id
        SESSIONS.change(merchant_id, visit.signed_in.token, "language", chosen)
    return render.redirect(own_path(visit.form.get("back", "")))


@routes.post("/console/sign-out")
def post_sign_out() -> Response[str]:
    """End the session at once, and lead to where one signs out at the issuer.

    A page leads there and no redirect does, which the content security policy of the page with the
    form would stop.
    """
    visit = visit_of(routes)
    end_session(visit.signed_in, source_ip_of(routes.current_event.raw_event))
    if settings().console_sign_in == BY_LINK:
        answered = render.bare_page("closed.html", visit.texts, 200, why="left", sign_in="")
    else:
        from kassa.console import serve_issuer  # loaded at the door alone

        leads_to, begin = serve_issuer.leaving_url(), sign_in_url("")
        answered = render.bare_page("left.html", visit.texts, 200, leads_to=leads_to, sign_in=begin)
    answered.cookies.append(session_cookie("", max_age=0))
    return answered
