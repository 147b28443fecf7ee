"""Signing in by a link, signing out, and the language of a session's pages."""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.shared.cookies import Cookie, SameSite

from kassa.console import render
from kassa.console.requests import COOKIE, Request
from kassa.console.sign_in.link import OPEN
from kassa.console.sign_in.redeem_link import redeem_link
from kassa.console.sign_in.session_store import SESSIONS
from kassa.console.visit import language_for, visit_of
from kassa.platform import clock
from kassa.platform.settings import settings
from kassa.reports.localization import LANGUAGES

routes = Router()  # type: ignore[no-untyped-call]


def open_link(request: Request) -> Response[str]:
    """Show the page of a link, which asks nothing of the table; a POST redeems it."""
    texts = render.texts_in(language_for(request.accepted))
    if request.method != "POST":
        return render.bare_page("open.html", texts, 200)
    token = redeem_link(request.path.removeprefix(OPEN)) if request.is_ours else None
    if token is None:
        return render.bare_page("closed.html", texts, 401, why="link")
    if request.session_token:
        SESSIONS.end(settings().merchant_id, request.session_token, clock.now())
    answered = render.redirect("/console")
    answered.cookies.append(_cookie(token))
    return answered


@routes.post("/console/language")
def post_language() -> Response[str]:
    """Let the pages of this session be in another language."""
    visit = visit_of(routes)
    chosen = visit.form.get("language", "")
    if chosen in LANGUAGES:
        merchant_id = settings().merchant_id
        SESSIONS.change(merchant_id, visit.signed_in.token, "language", chosen)
    return render.redirect("/console")


@routes.post("/console/sign-out")
def post_sign_out() -> Response[str]:
    """End the session at once."""
    visit = visit_of(routes)
    SESSIONS.end(settings().merchant_id, visit.signed_in.token, clock.now())
    answered = render.bare_page("closed.html", visit.texts, 200, why="left")
    answered.cookies.append(_cookie("", max_age=0))
    return answered


def _cookie(token: str, max_age: int | None = None) -> Cookie:
    """Return the cookie of a session: no script reads it, and no other site's form sends it."""
    return Cookie(
        COOKIE, token, path="/", http_only=True, same_site=SameSite.LAX_MODE, max_age=max_age
    )
