"""The console: lets people in, holds each route to their roles, and answers in pages.

What isn't plainly allowed is refused: no session, no page; a route without a right, no route; an
act that none of our own pages sent, no act.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware
from botocore.exceptions import ClientError

from kassa.console import render, requests, serve_sign_in
from kassa.console.requests import BY_ISSUER, BY_LINK, Request
from kassa.console.screens.registry import routes_of
from kassa.console.serve_sign_in import open_link
from kassa.console.sign_in.check_session import check_session
from kassa.console.sign_in.link import OPEN
from kassa.console.visit import (
    BEGIN,
    CALLBACK,
    Visit,
    fresh_sign_in_url,
    language_for,
    sign_in_url,
    visit_of,
)
from kassa.core.callers import SignInTooOld
from kassa.core.errors import KassaError
from kassa.http_api.refusals import of_error
from kassa.platform import table
from kassa.platform.settings import settings
from kassa.platform.telemetry import count, logger, reason_of

PATH_MAX = 800  # bytes: what it names fits into a table's key
STATIC = "/console/static/"


def answer(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request of a browser, payload 2.0."""
    request = requests.read(event)
    logger.append_keys(request_id=event["requestContext"].get("requestId", ""))
    try:
        answered = _answered(request, event, context)
    except Exception as error:
        answered = _sent(_of_fault(error, request))
    more = render.HTTPS_ONLY if request.is_https else {}
    kept = {"Cache-Control": "no-store"} | dict(answered.get("headers") or {})
    answered["headers"] = kept | render.HEADERS | more
    logger.info("page answered", route=event.get("routeKey"), status=answered["statusCode"])
    return answered


def _answered(request: Request, event: dict[str, Any], context: Any) -> dict[str, Any]:
    if not request.is_at_door:
        return _sent(Response(404, "text/plain; charset=utf-8", "not found"))
    if request.path.startswith(STATIC):
        return _sent(render.static(request.path.removeprefix(STATIC)) or _nobody(request))
    if (door := _door(request)) is not None:
        return _sent(door(request))
    signed_in = check_session(request.session_token)
    if signed_in is None:
        return _sent(_nobody(request))
    spoken = signed_in.session.language or language_for(request.accepted)
    form = requests.form_of(request) if request.method == "POST" else {}
    visit = Visit(signed_in, render.texts_in(spoken), form or {}, request.query, request.here)
    if request.method == "POST" and not _is_act(request, visit):
        logger.warning("act refused: none of our pages sent it")
        return _sent(render.refused_act(visit))
    if len(request.path.encode()) > PATH_MAX:
        return _sent(render.error_page(visit, "unknown_route"))
    load_screen(request.path)
    console.context["visit"] = visit
    return console.resolve(event, context)


def load_screen(path: str) -> None:
    """Let the screen that an address is of answer; it stays loaded."""
    screen, found = routes_of(path)
    if screen not in _loaded:
        for routes in found:
            console.include_router(routes)
        if found:
            _loaded.add(screen)


def _door(request: Request) -> Callable[[Request], Response[str]] | None:
    """Return what lets people in at a path; none at any other."""
    if settings().console_sign_in == BY_LINK:
        return open_link if request.path.startswith(OPEN) else None
    if request.method != "GET" or request.path not in (BEGIN, CALLBACK):
        return None
    from kassa.console import serve_issuer  # what speaks to an issuer is loaded at the door alone

    return serve_issuer.begin if request.path == BEGIN else serve_issuer.back


def _is_act(request: Request, visit: Visit) -> bool:
    """Tell whether one of our own pages sent a form, and this session's."""
    right = requests.form_token(visit.signed_in.token)
    sent = visit.form.get("form_token", "")
    return request.is_ours and requests.is_same(sent, right)


def _nobody(request: Request) -> Response[str]:
    texts, is_page = render.texts_in(language_for(request.accepted)), request.method == "GET"
    path = quote(request.path) if is_page else ""
    sign_in = sign_in_url(path) if settings().console_sign_in in BY_ISSUER else ""
    return render.bare_page("closed.html", texts, 401, why="session", sign_in=sign_in)


def _hold_to_rights(app: APIGatewayHttpResolver, next_middleware: NextMiddleware) -> Response[Any]:
    """Go on where whoever asks may use the route."""
    route = app.context["_route"]
    if route not in app._static_routes + app._dynamic_routes:
        return next_middleware(app)
    visit = visit_of(app)
    if not visit.may(f"{route.method} {route.path}"):
        return render.error_page(visit, "missing_scope")
    return next_middleware(app)


def _refused(error: KassaError) -> Response[str]:
    if isinstance(error, SignInTooOld):
        return _to_sign_in_again()
    refusal = of_error(error)
    if refusal is None:  # our own fault
        raise error
    return render.error_page(visit_of(console), refusal.code, refusal.message, _back())


def _back() -> str:
    """Return the page where the form stood that was sent; nothing where none was."""
    request = requests.read(console.current_event.raw_event)
    return request.here if request.method == "POST" else ""


def _to_sign_in_again() -> Response[str]:
    """Return what leads to a fresh sign-in, and from there to the page where the form stood."""
    sign_in = fresh_sign_in_url(quote(_back()))
    return render.page(visit_of(console), "fresh.html", "", 401, sign_in=sign_in)


def _of_fault(error: Exception, request: Request) -> Response[str]:
    """Return what answers the unexpected; AWS, where it takes no more, is expected again."""
    texts = render.texts_in(language_for(request.accepted))
    if isinstance(error, ClientError) and table.is_busy(error):
        logger.warning("page not made", reason=reason_of(error))
        return render.bare_page("error.html", texts, 503, kind="unavailable", detail="", back="")
    logger.exception("page failed")
    count("ApiRequestFailed")
    return render.bare_page("error.html", texts, 500, kind="internal", detail="", back="")


def _sent(response: Response[str]) -> dict[str, Any]:
    """Return an answer as API Gateway takes it."""
    return {
        "statusCode": response.status_code,
        "headers": dict(response.headers),
        "cookies": [str(one) for one in response.cookies],
        "body": response.body,
        "isBase64Encoded": False,
    }


_loaded: set[str] = set()  # the screens that were asked for

console = APIGatewayHttpResolver()
console.include_router(serve_sign_in.routes)
console.use(middlewares=[_hold_to_rights])
console.exception_handler(KassaError)(_refused)
console.not_found(lambda _: render.error_page(visit_of(console), "unknown_route"))
